import {
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandInput,
  paginateDescribeLogStreams,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

describe('DescribeLogStreams', () => {
  async function names(
    { client }: Awaited<ReturnType<LogsFixture['openLogs']>>,
    input: Partial<DescribeLogStreamsCommandInput>,
  ) {
    const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand(input));
    return logStreams.map(({ logStreamName }) => logStreamName);
  }

  it('orders by name or by the last event, either way', async () => {
    const opened = await fixture.openGroup('b', 'empty', 'a', 'c');
    for (const [i, name] of ['c', 'a', 'b', 'c'].entries()) opened.logs.write('g', name, START + i, 'x');
    const logGroupName = 'g';
    expect(await names(opened, { logGroupName })).toEqual(['a', 'b', 'c', 'empty']);
    expect(await names(opened, { logGroupName, descending: true })).toEqual(['empty', 'c', 'b', 'a']);
    expect(await names(opened, { logGroupName, orderBy: 'LastEventTime', descending: true })).toEqual([
      'c',
      'b',
      'a',
      'empty',
    ]);
    expect(
      await names(opened, { logGroupIdentifier: 'arn:aws:logs:eu-west-1:000000000000:log-group:g:*' }),
    ).toHaveLength(4);
    expect(await names(opened, { logGroupIdentifier: 'g', logStreamNamePrefix: 'e' })).toEqual(['empty']);
  });

  it('tells when events came, as soon as they have come', async () => {
    const { client, logs, clock } = await fixture.openGroup('s');
    clock.time = START + 5;
    logs.write('g', 's', START + 3, 'later');
    logs.write('g', 's', START + 1, 'earlier');
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }));
    expect(logStreams).toMatchObject([
      { firstEventTimestamp: START + 1, lastEventTimestamp: START + 3, lastIngestionTime: START + 5 },
    ]);
  });

  it.each(['LogStreamName', 'LastEventTime'] as const)(
    'gives every stream once, in pages, by %s',
    async (orderBy) => {
      const all = Array.from({ length: 7 }, (_, i) => `s${i}`);
      const { client, logs } = await fixture.openGroup(...all);
      for (const name of all.slice(3)) logs.write('g', name, START, 'at the same time');
      const pages: (string | undefined)[][] = [];
      const input = { logGroupName: 'g', orderBy, descending: true };
      for await (const { logStreams = [] } of paginateDescribeLogStreams({ client, pageSize: 3 }, input)) {
        pages.push(logStreams.map(({ logStreamName }) => logStreamName));
      }
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
      expect(pages.flat()).toEqual(all.reverse());
    },
  );

  it('refuses a prefix with LastEventTime, two names of a group, or none, and tokens of others', async () => {
    const opened = await fixture.openGroup();
    const refusal = (message: string) => ({ name: 'InvalidParameterException', message });
    await expect(
      names(opened, { logGroupName: 'g', orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }),
    ).rejects.toMatchObject(refusal('Cannot order by LastEventTime with a logStreamNamePrefix.'));
    await expect(names(opened, { logGroupName: 'g', logGroupIdentifier: 'g' })).rejects.toMatchObject(
      refusal('LogGroup name and LogGroup ARN are mutually exclusive parameters.'),
    );
    await expect(names(opened, {})).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(names(opened, { logGroupName: 'g', nextToken: 'bm90IG9uZQ' })).rejects.toMatchObject(
      refusal('The specified nextToken is invalid.'),
    );
    await expect(names(opened, { logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
