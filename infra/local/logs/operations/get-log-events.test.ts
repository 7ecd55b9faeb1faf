import { GetLogEventsCommand, type GetLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, type OpenLogs, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

async function get({ client }: OpenLogs, input: Partial<GetLogEventsCommandInput> = {}) {
  const {
    events = [],
    nextForwardToken,
    nextBackwardToken,
  } = await client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', ...input }));
  return { messages: events.map(({ message }) => message), nextForwardToken, nextBackwardToken };
}

async function openWith(count: number): Promise<OpenLogs> {
  const opened = await fixture.openGroup('s');
  for (let i = 0; i < count; i++) opened.logs.write('g', 's', START + i, String(i));
  return opened;
}

describe('GetLogEvents', () => {
  it('gives the last events, or the first', async () => {
    const opened = await openWith(5);
    expect((await get(opened)).messages).toEqual(['0', '1', '2', '3', '4']);
    expect((await get(opened, { limit: 2 })).messages).toEqual(['3', '4']);
    expect((await get(opened, { limit: 2, startFromHead: true })).messages).toEqual(['0', '1']);
  });

  it('includes startTime, and not endTime', async () => {
    const opened = await openWith(5);
    const range = { startTime: START + 1, endTime: START + 3 };
    expect((await get(opened, range)).messages).toEqual(['1', '2']);
    expect((await get(opened, { ...range, limit: 1 })).messages).toEqual(['2']);
  });

  it('goes forward, and gives the same token at the end, until more comes', async () => {
    const opened = await openWith(3);
    const first = await get(opened, { limit: 2, startFromHead: true });
    const second = await get(opened, { limit: 2, nextToken: first.nextForwardToken });
    expect(second.messages).toEqual(['2']);
    expect(second.nextForwardToken).not.toBe(first.nextForwardToken);
    const third = await get(opened, { limit: 2, nextToken: second.nextForwardToken });
    expect(third).toMatchObject({ messages: [], nextForwardToken: second.nextForwardToken });
    opened.logs.write('g', 's', START + 2, 'more');
    expect((await get(opened, { nextToken: third.nextForwardToken })).messages).toEqual(['more']);
  });

  it('goes backward, and gives the same token at the start', async () => {
    const opened = await openWith(3);
    const last = await get(opened, { limit: 2 });
    const first = await get(opened, { limit: 2, nextToken: last.nextBackwardToken });
    expect(first.messages).toEqual(['0']);
    const none = await get(opened, { limit: 2, nextToken: first.nextBackwardToken });
    expect(none).toMatchObject({ messages: [], nextBackwardToken: first.nextBackwardToken });
    expect((await get(opened, { limit: 2, nextToken: none.nextForwardToken })).messages).toEqual(['0', '1']);
  });

  it('turns around at the end', async () => {
    const opened = await openWith(3);
    const { nextForwardToken } = await get(opened);
    const end = await get(opened, { nextToken: nextForwardToken });
    expect((await get(opened, { limit: 1, nextToken: end.nextBackwardToken })).messages).toEqual(['2']);
  });

  it('gives tokens of an empty stream too, with which what comes then is seen', async () => {
    const opened = await fixture.openGroup('s');
    const empty = await get(opened);
    expect(empty.messages).toEqual([]);
    expect(await get(opened, { nextToken: empty.nextForwardToken })).toEqual(empty);
    opened.logs.write('g', 's', START, 'first');
    expect((await get(opened, { nextToken: empty.nextForwardToken })).messages).toEqual(['first']);
  });

  it.each(['x', 'f/1', 'f/', `c/${'0'.repeat(56)}/s`, `f/${'0'.repeat(56)}`])(
    'refuses the token %j',
    async (nextToken) => {
      const opened = await fixture.openGroup('s');
      await expect(get(opened, { nextToken })).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'The specified nextToken is invalid.',
      });
    },
  );

  it('ends a page at 1 MiB', async () => {
    const opened = await fixture.openGroup('s');
    for (let i = 0; i < 5; i++) opened.logs.write('g', 's', START + i, `${i}${'x'.repeat(300_000)}`);
    const head = await get(opened, { startFromHead: true });
    expect(head.messages.map((message) => message?.[0])).toEqual(['0', '1', '2']);
    const rest = await get(opened, { nextToken: head.nextForwardToken });
    expect(rest.messages.map((message) => message?.[0])).toEqual(['3', '4']);
    expect((await get(opened)).messages.map((message) => message?.[0])).toEqual(['2', '3', '4']);
  });

  it('gives each event once, in order, in pages of any size, either way', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (times, limit, startFromHead) => {
          const opened = await fixture.openGroup('s');
          for (const [i, time] of times.entries()) opened.logs.write('g', 's', START + time, `${time}/${i}`);
          const seen: (string | undefined)[] = [];
          let page = await get(opened, { limit, startFromHead });
          while (page.messages.length > 0) {
            if (startFromHead) seen.push(...page.messages);
            else seen.unshift(...page.messages);
            page = await get(opened, {
              limit,
              nextToken: startFromHead ? page.nextForwardToken : page.nextBackwardToken,
            });
          }
          const expected = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
          expect(seen).toEqual(expected.map(({ time, i }) => `${time}/${i}`));
          await fixture.closeAll();
        },
      ),
      { numRuns: 25 },
    );
  });
});
