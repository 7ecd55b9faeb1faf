import {
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, type OpenLogs, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function put({ client }: OpenLogs, times: readonly number[], message = 'neigh', sequenceToken?: string) {
  return client.send(
    new PutLogEventsCommand({
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: times.map((timestamp) => ({ timestamp, message })),
      ...(sequenceToken === undefined ? {} : { sequenceToken }),
    }),
  );
}

async function times({ client }: OpenLogs): Promise<(number | undefined)[]> {
  const { events = [] } = await client.send(
    new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', startFromHead: true }),
  );
  return events.map(({ timestamp }) => timestamp);
}

describe('PutLogEvents', () => {
  it('takes events, and any sequence token', async () => {
    const opened = await fixture.openGroup('s');
    const { nextSequenceToken, rejectedLogEventsInfo } = await put(opened, [START, START, START + 1]);
    expect(nextSequenceToken).toMatch(/^\d{56}$/);
    expect(rejectedLogEventsInfo).toBeUndefined();
    await put(opened, [START - 1], 'neigh', 'anything');
    expect(await times(opened)).toEqual([START - 1, START, START, START + 1]);
  });

  it('keeps messages as they are', async () => {
    const opened = await fixture.openGroup('s');
    const message = 'two\nlines, "quotes", 🦄 and \u0000\r\n';
    await put(opened, [START], message);
    const { events } = await opened.client.send(
      new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }),
    );
    expect(events).toEqual([{ timestamp: START, message, ingestionTime: START }]);
  });

  it('leaves out what is too old or too new, and says which', async () => {
    const opened = await fixture.openGroup('s');
    const given = [START - 15 * DAY, START - 14 * DAY - 1, START, START + 2 * HOUR, START + 2 * HOUR + 1];
    const { rejectedLogEventsInfo } = await put(opened, given);
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 });
    expect(await times(opened)).toEqual([START, START + 2 * HOUR]);
    expect((await put(opened, [START - 15 * DAY])).rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 1,
    });
  });

  it('leaves out what the group would not keep', async () => {
    const opened = await fixture.openGroup('s');
    await opened.client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 1 }));
    const { rejectedLogEventsInfo } = await put(opened, [START - 15 * DAY, START - 2 * DAY, START]);
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2 });
    expect(await times(opened)).toEqual([START]);
    opened.clock.time = START + 2 * DAY;
    expect(await times(opened)).toEqual([]);
  });

  it.each([
    [[START, START - 1], 'Log events in a single PutLogEvents request must be in chronological order.'],
    [
      [START - DAY - 1, START],
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    ],
  ])('refuses times %j', async (given, message) => {
    const opened = await fixture.openGroup('s');
    await expect(put(opened, given)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
    expect(await times(opened)).toEqual([]);
  });

  it('takes 1 MiB, with 26 bytes for each event, and no more', async () => {
    const opened = await fixture.openGroup('s');
    await put(opened, [START], 'é'.repeat((1_048_576 - 26) / 2));
    await expect(put(opened, [START], 'x'.repeat(1_048_576 - 25))).rejects.toMatchObject({
      message: 'Log event too large: 1048577 bytes exceeds limit of 1048576',
    });
    await expect(put(opened, [START, START], 'x'.repeat(524_288 - 25))).rejects.toMatchObject({
      message: 'Upload too large: 1048578 bytes exceeds limit of 1048576',
    });
  });

  it('counts events, and wants each whole', async () => {
    const opened = await fixture.openGroup('s');
    await put(
      opened,
      Array.from({ length: 10_000 }, () => START),
      'x',
    );
    await expect(
      put(
        opened,
        Array.from({ length: 10_001 }, () => START),
        'x',
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(
        "at 'logEvents' failed to satisfy constraint: Member must have length less",
      ),
    });
    for (const given of [put(opened, []), put(opened, [START], ''), put(opened, [-1])]) {
      await expect(given).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });

  it('needs a group and a stream', async () => {
    const opened = await fixture.openGroup();
    await expect(put(opened, [START])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
    await expect(put(await fixture.openLogs(), [START])).rejects.toMatchObject({
      message: 'The specified log group does not exist.',
    });
  });

  it.each(['1e400', '9e18', '1.5', '"x"', 'null', '{}'])(
    'answers a timestamp %s as AWS does',
    async (timestamp) => {
      const { endpoint } = await fixture.openGroup('s');
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Logs_20140328.PutLogEvents',
        },
        body: `{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":${timestamp},"message":"x"}]}`,
      });
      const { __type: type = 'accepted' } = (await answer.json()) as { __type?: string };
      expect(['accepted', 'SerializationException', 'InvalidParameterException']).toContain(type);
      expect(answer.status).toBe(type === 'accepted' ? 200 : 400);
    },
  );
});
