import {
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, type OpenLogs, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

async function filter({ client }: OpenLogs, input: Partial<FilterLogEventsCommandInput> = {}) {
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: 'g', ...input }));
  return events.map(({ message }) => message);
}

async function openThree(): Promise<OpenLogs> {
  const opened = await fixture.openGroup('a1', 'a2', 'b');
  for (const [i, name] of ['a1', 'b', 'a2', 'a1', 'b'].entries()) {
    opened.logs.write('g', name, START + i, `${i} ${i % 2 === 0 ? 'EVEN' : 'ODD'}`);
  }
  return opened;
}

describe('FilterLogEvents', () => {
  it('gives the events of all streams in the order of their times', async () => {
    const { client } = await openThree();
    const { events, searchedLogStreams } = await client.send(
      new FilterLogEventsCommand({ logGroupName: 'g' }),
    );
    expect(
      events?.map(({ logStreamName, timestamp, message }) => [logStreamName, timestamp, message]),
    ).toEqual([
      ['a1', START, '0 EVEN'],
      ['b', START + 1, '1 ODD'],
      ['a2', START + 2, '2 EVEN'],
      ['a1', START + 3, '3 ODD'],
      ['b', START + 4, '4 EVEN'],
    ]);
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(5);
    expect(events?.[0]?.eventId).toMatch(/^\d{56}$/);
    expect(searchedLogStreams).toEqual([]);
  });

  it('filters by pattern, streams and time', async () => {
    const opened = await openThree();
    expect(await filter(opened, { filterPattern: 'ODD' })).toEqual(['1 ODD', '3 ODD']);
    expect(await filter(opened, { filterPattern: '' })).toHaveLength(5);
    expect(await filter(opened, { logStreamNames: ['b', 'a2', 'b'] })).toEqual(['1 ODD', '2 EVEN', '4 EVEN']);
    expect(await filter(opened, { logStreamNamePrefix: 'a' })).toEqual(['0 EVEN', '2 EVEN', '3 ODD']);
    // Both ends are included.
    expect(await filter(opened, { startTime: START + 1, endTime: START + 3 })).toEqual([
      '1 ODD',
      '2 EVEN',
      '3 ODD',
    ]);
    expect(
      await filter(opened, { startTime: START + 1, filterPattern: '[n > 1, w = EVEN]', interleaved: true }),
    ).toEqual(['2 EVEN', '4 EVEN']);
    expect(
      await filter(opened, {
        logGroupName: undefined,
        logGroupIdentifier: 'arn:aws:logs:us-east-1:000000000000:log-group:g',
      }),
    ).toHaveLength(5);
  });

  it('gives each event once, in pages', async () => {
    const opened = await openThree();
    const pages: (string | undefined)[][] = [];
    const input = { logGroupName: 'g', filterPattern: 'EVEN' };
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: opened.client, pageSize: 2 },
      input,
    )) {
      pages.push(events.map(({ message }) => message));
    }
    expect(pages.flat()).toEqual(['0 EVEN', '2 EVEN', '4 EVEN']);
    expect(pages[0]).toHaveLength(2);
  });

  it('shows what was written a moment ago to who polls, as `aws logs tail --follow` does', async () => {
    const opened = await fixture.openLogs();
    const group = { logGroupName: '/aws/lambda/neigh' };
    for (let i = 0; i < 20; i++) {
      opened.logs.write('/aws/lambda/neigh', `stream-${i % 3}`, START + i, `line ${i}`);
      expect(await filter(opened, { ...group, startTime: START + i })).toEqual([`line ${i}`]);
    }
  });

  it('refuses patterns, tokens, streams and groups that are none', async () => {
    const opened = await openThree();
    await expect(filter(opened, { filterPattern: 'a-b' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid filter pattern',
    });
    await expect(filter(opened, { nextToken: 'x' })).rejects.toMatchObject({
      message: 'The specified nextToken is invalid.',
    });
    await expect(filter(opened, { logStreamNames: ['a1'], logStreamNamePrefix: 'a' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(filter(opened, { logStreamNames: ['none'] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(filter(opened, { logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('gives the newest first page when asked to', async () => {
    const { endpoint } = await openThree();
    const ask = async (body: object) => {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Logs_20140328.FilterLogEvents',
        },
        body: JSON.stringify({ logGroupName: 'g', startFromHead: false, limit: 2, ...body }),
      });
      return (await answer.json()) as { events: { message: string }[]; nextToken?: string };
    };
    const last = await ask({});
    expect(last.events.map(({ message }) => message)).toEqual(['4 EVEN', '3 ODD']);
    const before = await ask({ nextToken: last.nextToken });
    expect(before.events.map(({ message }) => message)).toEqual(['2 EVEN', '1 ODD']);
  });
});
