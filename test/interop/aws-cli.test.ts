import { describe, expect, test } from 'vitest';
import { freePort, wildrydes } from '../kit.ts';
import { AWSCLI, pythonEnvironment } from './python.ts';

describe('the AWS CLI in `wildrydes shell`', () => {
  test('lists and describes the streams, reads records, and queries the table', async () => {
    const port = await freePort();
    const cloud = wildrydes(['start', '--ephemeral', '--port', String(port)]);
    await cloud.line((line) => line.includes('Ctrl-C stops'));
    const PATH = `${pythonEnvironment(AWSCLI)}:${process.env.PATH}`;
    const aws = async (command: string) => {
      const { status, stdout, stderr } = await wildrydes(
        ['shell', '--port', String(port), '-c', `aws ${command}`],
        { PATH },
      ).finished;
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
      return JSON.parse(stdout === '' ? '{}' : stdout);
    };

    expect((await aws('kinesis list-streams')).StreamNames).toEqual([
      'wildrydes',
      'wildrydes-aggregated',
      'wildrydes-quarantine',
    ]);
    const { StreamDescription } = await aws('kinesis describe-stream --stream-name wildrydes');
    expect(StreamDescription).toMatchObject({
      StreamStatus: 'ACTIVE',
      Shards: [{ ShardId: 'shardId-000000000000' }],
    });

    const producer = wildrydes([
      'producer',
      '--name',
      'Rocinante',
      '--port',
      String(port),
      '--output',
      'json',
      '--seed',
      '7',
    ]);
    await producer.line((line) => line.includes('"event":"reading"'));
    producer.child.kill('SIGINT');
    const { status } = await producer.finished;
    expect(status).toBe(0);

    const { ShardIterator } = await aws(
      'kinesis get-shard-iterator --stream-name wildrydes --shard-id shardId-000000000000 --shard-iterator-type TRIM_HORIZON',
    );
    const { Records } = await aws(`kinesis get-records --shard-iterator ${ShardIterator}`);
    expect(JSON.parse(Buffer.from(Records[0].Data, 'base64').toString('utf8'))).toMatchObject({
      Name: 'Rocinante',
      MagicPoints: 150,
    });

    const query = `dynamodb query --table-name UnicornSensorData --key-condition-expression '#n = :n' --expression-attribute-names '{"#n":"Name"}' --expression-attribute-values '{":n":{"S":"Rocinante"}}'`;
    expect(await aws(query)).toMatchObject({ Count: 0 });
    cloud.child.kill('SIGTERM');
    expect((await cloud.finished).status).toBe(0);
  });
});
