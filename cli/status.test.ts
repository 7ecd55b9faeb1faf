import { describe, expect, test } from 'vitest';
import type { CloudStatus } from '../infra/local/control/api.ts';
import { statusLines } from './status.ts';
import { widthOf } from './terminal.ts';

const TALLY = {
  delivered: 24,
  summarised: 10,
  duplicates: 1,
  late: 2,
  quarantined: 4,
  open: 7,
  summaries: 3,
};

const STATUS = {
  health: {
    service: 'wildrydes',
    version: '0.1.0',
    pid: 4711,
    endpoint: 'http://127.0.0.1:4801',
    data: '/state',
    kept: true,
    now: Date.UTC(2026, 10, 21, 6, 30),
    simulated: false,
    pipeline: true,
    parts: [],
    searchEndpoint: null,
    enforcesLimits: false,
  },
  streams: [
    { streamName: 'wildrydes', shards: 1, records: 1_234_567, bytes: 987_654_321 },
    { streamName: 'wildrydes-quarantine', shards: 1, records: 4, bytes: 1_885 },
  ],
  aggregation: {
    tally: TALLY,
    watermark: Date.UTC(2026, 10, 21, 6, 29, 55),
    outbox: 0,
    openWindows: 6,
    shards: [
      { shardId: 'shardId-000000000000', sequenceNumber: '1', millisBehindLatest: 0, watermark: 1 },
      { shardId: 'shardId-000000000001', sequenceNumber: '1', millisBehindLatest: 0, watermark: 1 },
    ],
    trouble: null,
  },
  mappings: [
    {
      functionName: 'WildRydesStreamProcessor',
      streamName: 'wildrydes-aggregated',
      invocations: 14,
      failedInvocations: 1,
      recordsHandled: 24,
      recordsDiscarded: 0,
      recordsFiltered: 0,
      iteratorAge: null,
      lastError: null,
      shards: [
        { shardId: 'a', sequenceNumber: '1', behind: 3 },
        { shardId: 'b', sequenceNumber: '1', behind: 4 },
      ],
    },
  ],
  faults: [],
} satisfies CloudStatus;

const lines = (over: Partial<CloudStatus> = {}, port = 4801) => statusLines({ ...STATUS, ...over }, port);

describe('a status', () => {
  test('faults that are on', () => {
    const shown = lines({
      faults: [{ id: 2, kind: 'throttle-shard', target: 'wildrydes', share: 0.5, seconds: 30, happened: 4 }],
    });
    expect(shown.slice(-2)).toEqual([
      'Faults       are on:',
      '    2  throttle-shard wildrydes: 50%, for 30 s, happened 4 times',
    ]);
  });

  test('what runs, what each stage did, and how far it is behind', () => {
    expect(lines()).toEqual([
      'Local cloud  http://127.0.0.1:4801, process 4711, version 0.1.0',
      'State        /state',
      '',
      'Streams                              shards          records               bytes',
      'wildrydes                                 1        1,234,567         987,654,321',
      'wildrydes-quarantine                      1                4               1,885',
      '',
      'Aggregation  has read everything',
      '  records                     24  each of them is one of these:',
      '  summarised                  10  in 3 summaries',
      '  open                         7  in 6 windows',
      '  duplicates                   1',
      '  late                         2',
      '  quarantined                  4',
      '    ./consumer --stream wildrydes-quarantine --from start --port 4801',
      '  watermark     2026-11-21 06:29:55.000 UTC',
      '',
      'Functions                stream                 calls failed    handled   behind',
      'WildRydesStreamProcessor wildrydes-aggregated      14      1         24        7',
    ]);
  });

  test('the port is told only where it is not the usual one', () => {
    expect(lines({}, 4566).join('\n')).toContain('--from start\n');
  });

  test.each([
    [850, 'is 850 ms behind'],
    [3_210, 'is 3.2 s behind'],
    [720_000, 'is 12 min behind'],
  ])('a lag of %d ms, by the shard that is furthest behind', (millisBehindLatest, words) => {
    const shards = STATUS.aggregation.shards.map((shard, i) =>
      i === 1 ? { ...shard, millisBehindLatest } : shard,
    );
    expect(lines({ aggregation: { ...STATUS.aggregation, shards } })).toContain(`Aggregation  ${words}`);
  });

  test('what is not as it should be is told', () => {
    const [mapping] = STATUS.mappings;
    const text = lines({
      health: { ...STATUS.health, data: null, simulated: true },
      aggregation: {
        ...STATUS.aggregation,
        outbox: 3,
        trouble: 'saving: disk full\u001b[2J',
        watermark: null,
      },
      mappings: [
        {
          ...mapping!,
          recordsDiscarded: 2,
          recordsFiltered: 1_200,
          iteratorAge: null,
          lastError: 'Error: boom\nat x',
        },
      ],
    }).join('\n');
    expect(text).toContain('State        nothing is kept');
    expect(text).toContain('Clock        2026-11-21 06:30:00.000 UTC: that of an accelerated or dated run');
    expect(text).toContain('to be sent    3 summaries and quarantined records');
    expect(text).toContain('trouble       saving: disk full\\u001b[2J');
    expect(text).toContain('watermark     none yet');
    expect(text).toContain('passed over 1,200 records that match none of its filters');
    expect(text).toContain('gave up 2 records after every attempt');
    expect(text).toContain('last error: Error: boom\\u000aat x');
  });

  test('an empty cloud has neither streams nor functions, and says why', () => {
    const empty = lines({
      health: { ...STATUS.health, pipeline: false },
      streams: [],
      aggregation: null,
      mappings: [],
    });
    expect(empty.slice(2)).toEqual([
      'Pipeline     none: the cloud was started empty',
      '',
      'Streams      none',
    ]);
  });

  test('tables fit into 80 columns, whatever the names', () => {
    const long = 'x'.repeat(128);
    const wide = lines({
      streams: [{ streamName: long, shards: 10_000, records: 999_999_999_999, bytes: 999_999_999_999_999 }],
      mappings: [{ ...STATUS.mappings[0]!, functionName: long, streamName: long, invocations: 9_999_999 }],
    });
    for (const line of wide.slice(3)) expect(widthOf(line)).toBeLessThanOrEqual(80);
  });
});
