import { type KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../telemetry/clock.ts';
import { decodeReading } from '../../telemetry/reading-codec.ts';
import { createFaults } from '../faults.ts';
import { Fleet } from '../fleet.ts';
import { fleetNames } from '../names.ts';
import { acceleratedPacer } from '../pacing.ts';
import { simulate } from '../simulate.ts';
import { createKinesisSink, type KinesisSinkOptions } from './kinesis.ts';

const START = Date.UTC(2026, 0, 1);

interface Stored {
  readonly key: string;
  readonly data: Uint8Array;
  /** The request that brought it. */
  readonly request: number;
}

/** A stream of one shard. `refuse` decides what it does not take, by request and record. */
function fakeStream(
  refuse: (request: number, entry: PutRecordsRequestEntry, index: number) => boolean = () => false,
) {
  const stored: Stored[] = [];
  let requests = 0;
  let lose = false;
  const client = {
    async send(command: PutRecordsCommand) {
      expect(command).toBeInstanceOf(PutRecordsCommand);
      const request = requests++;
      await new Promise((resolve) => setImmediate(resolve));
      const Records = command.input.Records!.map((entry, index) => {
        if (refuse(request, entry, index)) {
          return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
        }
        stored.push({ key: entry.PartitionKey!, data: entry.Data!, request });
        return { ShardId: 'shardId-000000000000', SequenceNumber: String(stored.length) };
      });
      if (!lose) return { Records };
      lose = false;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
  } as unknown as KinesisClient;
  return {
    client,
    stored,
    loseNextAnswer: () => {
      lose = true;
    },
  };
}

function kinesisSink(client: KinesisClient, options: Partial<KinesisSinkOptions> = {}) {
  return createKinesisSink({
    client,
    streamName: 'wildrydes',
    random: () => 0.01,
    clock: systemClock,
    ...options,
  });
}

function run(sink: ReturnType<typeof createKinesisSink>, faults = {}, count = 60) {
  return simulate({
    fleet: new Fleet({ names: fleetNames(50), seed: '1', start: START, scenario: 'classic' }),
    faults: createFaults(faults),
    pacer: acceleratedPacer({
      start: START,
      speed: Number.POSITIVE_INFINITY,
      monotonic: () => performance.now(),
    }),
    sink,
    count,
    signal: new AbortController().signal,
  }).done;
}

describe('the Kinesis sink', () => {
  test('has every record acknowledged, with its place, and in order for each unicorn', async () => {
    const { client, stored } = fakeStream((request) => request % 3 === 0);
    const places: string[] = [];
    const sink = kinesisSink(client, {
      acknowledged: (reading, shardId, sequenceNumber) => {
        const { data } = stored[Number(sequenceNumber) - 1]!;
        expect(decodeReading(data)).toMatchObject({ ok: true, reading });
        places.push(`${shardId} ${sequenceNumber}`);
      },
    });
    const produced = await run(sink);
    expect(sink.counts()).toEqual({ acknowledged: produced.attempted, uncertain: 0, failed: 0 });
    expect(new Set(places).size).toBe(produced.attempted);
    for (const name of fleetNames(50)) {
      const times = stored.filter(({ key }) => key === name).map(({ data }) => timeOf(data));
      expect(times).toHaveLength(60);
      expect(times, name).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('never sends a reading more than four seconds newer than one that is not acknowledged', async () => {
    const { client, stored } = fakeStream(
      (request, entry) => entry.PartitionKey === 'Arion' && request % 4 !== 0,
    );
    await run(kinesisSink(client));
    let newest = 0;
    for (const { data } of stored) {
      newest = Math.max(newest, timeOf(data));
      expect(newest - timeOf(data)).toBeLessThanOrEqual(4_000);
    }
  });

  test('keys a malformed record by its unicorn, and tells of it without a reading', async () => {
    const { client, stored } = fakeStream();
    const readings: unknown[] = [];
    const sink = kinesisSink(client, { acknowledged: (reading) => readings.push(reading) });
    await run(sink, { malformed: 1 }, 2);
    expect(readings).toEqual(Array.from({ length: 100 }, () => undefined));
    expect(new Set(stored.map(({ key }) => key))).toEqual(new Set(fleetNames(50)));
  });

  test('counts what got no answer, and sends it again', async () => {
    const { client, stored, loseNextAnswer } = fakeStream();
    const sink = kinesisSink(client);
    loseNextAnswer();
    const { attempted } = await run(sink, {}, 3);
    const counts = sink.counts();
    expect(counts.acknowledged).toBe(attempted);
    expect(counts.uncertain).toBeGreaterThan(0);
    expect(stored).toHaveLength(attempted + counts.uncertain);
  });

  test('counts what is given up, and tells why once', async () => {
    const { client } = fakeStream(() => true);
    const notices: string[] = [];
    const sink = kinesisSink(client, { random: () => 0, notice: (text) => notices.push(text) });
    const { attempted } = await run(sink, {}, 3);
    expect(sink.counts()).toEqual({ acknowledged: 0, uncertain: 0, failed: attempted });
    expect(notices).toEqual([expect.stringContaining('Rate exceeded')]);
    expect(notices[0]).toMatch(/^a record of \S+ was not written: /);
  });
});

function timeOf(data: Uint8Array): number {
  const decoded = decodeReading(data);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.instant;
}
