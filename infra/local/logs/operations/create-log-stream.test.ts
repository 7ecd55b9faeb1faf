import {
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

describe('CreateLogStream', () => {
  it('creates a stream, once', async () => {
    const { client } = await fixture.openGroup('2026/11/28/[$LATEST]5d1f');
    const create = new CreateLogStreamCommand({
      logGroupName: 'g',
      logStreamName: '2026/11/28/[$LATEST]5d1f',
    });
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log stream already exists',
    });
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }));
    expect(logStreams).toEqual([
      {
        logStreamName: '2026/11/28/[$LATEST]5d1f',
        creationTime: START,
        uploadSequenceToken: expect.stringMatching(/^\d{56}$/),
        arn: 'arn:aws:logs:us-west-2:000000000000:log-group:g:log-stream:2026/11/28/[$LATEST]5d1f',
        storedBytes: 0,
      },
    ]);
  });

  it.each(['', 'a:b', 'a*b', 'x'.repeat(513)])('refuses the name %j', async (logStreamName) => {
    const { client } = await fixture.openGroup();
    await expect(
      client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('needs a group', async () => {
    const { client } = await fixture.openLogs();
    await expect(
      client.send(new CreateLogStreamCommand({ logGroupName: 'none', logStreamName: 's' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each(['__proto__', '../../../x', '🦄', 'a\nb'])('takes %j as a name like others', async (name) => {
    const { client, logs } = await fixture.openGroup(name);
    logs.write('g', name, START, 'neigh');
    const { events } = await client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: name }));
    expect(events).toMatchObject([{ message: 'neigh' }]);
  });
});
