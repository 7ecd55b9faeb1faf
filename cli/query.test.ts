import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../infra/local/cloud.ts';
import { atLocalPort, clientConfig } from '../infra/target.ts';
import { systemClock } from '../telemetry/clock.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Summary } from '../telemetry/summary.ts';
import { TABLES } from '../telemetry/topology.ts';
import { freePort, wildrydes } from '../test/kit.ts';

const minuteOf = (time: number) => `${formatStatusTime(time).slice(0, 16)}:00.000`;

function summary(Name: string, StatusTime: string): Summary {
  return {
    Name,
    StatusTime,
    Distance: 1799.25,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 145,
    MaxHealthPoints: 155,
    Readings: 60,
  };
}

let cloud: Cloud;
let client: DynamoDBClient;

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  client = new DynamoDBClient(clientConfig(atLocalPort(cloud.port, undefined)));
});
afterAll(async () => {
  client?.destroy();
  await cloud?.close();
});

const query = (...args: string[]) => wildrydes(['query', '--port', String(cloud.port), ...args]).finished;

describe('a query', () => {
  test('without the table: 3, and where it comes from', async () => {
    const { status, stderr } = await query('--name', 'Rocinante');
    expect(status).toBe(3);
    expect(stderr).toContain(`there is no table UnicornSensorData at http://127.0.0.1:${cloud.port}`);
    expect(stderr).toContain('./wildrydes start');
  });

  describe('of a table', () => {
    const OLD = summary('Rocinante', '2026-11-21 06:30:00.000');
    const now = Date.now();
    const recent = [minuteOf(now - 300_000), minuteOf(now - 240_000)].map((time) =>
      summary('Rocinante', time),
    );

    beforeAll(async () => {
      const { name, partitionKey, sortKey } = TABLES.summaries;
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [partitionKey, sortKey].map((key) => ({
            AttributeName: key,
            AttributeType: 'S',
          })),
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: sortKey, KeyType: 'RANGE' },
          ],
        }),
      );
      const documents = DynamoDBDocumentClient.from(client);
      const items = [
        ...[...recent, OLD].reverse(),
        summary('Bucephalus', '2026-11-21 06:30:00.000'),
        { Name: 'Older', StatusTime: '2019-01-01 00:00:00', Distance: 7 },
      ];
      for (const Item of items) await documents.send(new PutCommand({ TableName: name, Item }));
    });

    test('NDJSON: the unicorn’s items, oldest first', async () => {
      const { status, stdout, stderr } = await query('--name', 'Rocinante', '--json');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([OLD, ...recent].sort((a, b) => (a.StatusTime < b.StatusTime ? -1 : 1)));
    });

    test('for a person: a table', async () => {
      const { stdout } = await query('--name', 'Bucephalus');
      expect(stdout).toBe(
        'minute (UTC)     readings     metres      magic     health\n' +
          '2026-11-21 06:30       60     1799.3    140–150    145–155\n',
      );
    });

    test('items that others wrote may lack attributes', async () => {
      const { status, stdout } = await query('--name', 'Older');
      expect(status).toBe(0);
      expect(stdout).toMatch(/2019-01-01 00:00 +\? +7\.0 +\?–\? +\?–\?\n$/);
    });

    test('since a time, or since some time ago: from the minute that it lies in', async () => {
      const times = async (since: string) => {
        const { stdout } = await query('--name', 'Rocinante', '--json', '--since', since);
        return stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as Summary).StatusTime);
      };
      const [first, second] = recent.map(({ StatusTime }) => StatusTime);
      expect(await times(second!.slice(0, 17).concat('30'))).toEqual(expect.arrayContaining([second]));
      expect(await times(second!.slice(0, 17).concat('30'))).not.toContain(first);
      expect(await times('1h')).toEqual(expect.arrayContaining([first, second]));
      expect(await times('90000000d')).toHaveLength(3);
    });

    test('a repeated name: the last; nothing there: said beside the output, and no failure', async () => {
      const { status, stdout, stderr } = await query(
        '--name',
        'Rocinante',
        '--name',
        'No\u0007body',
        '--json',
      );
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
      expect(stderr).toMatch(/^no summaries of No\\u0007body in UnicornSensorData at http/);
    });
  });

  test('nobody there: 3, and how to start a cloud there', async () => {
    const port = String(await freePort());
    const { status, stderr } = await wildrydes(['query', '--name', 'A', '--port', port]).finished;
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error nothing answers at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    expect(stderr).toContain(`./wildrydes start --port ${port}`);
  });

  test('AWS without credentials: 3, and what to check', async () => {
    const { status, stderr } = await wildrydes(['query', '--name', 'A', '--region', 'us-west-2'], {
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    }).finished;
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error cannot talk to AWS in us-west-2: .*credentials/i);
    expect(stderr).toContain('--profile');
    expect(stderr).not.toContain('    at ');
  });

  test('--since must be a time', async () => {
    const { status, stderr } = await query('--name', 'A', '--since', 'yesterday');
    expect(status).toBe(2);
    expect(stderr).toContain('--since must be a UTC time');
  });
});
