import { GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import type { QuarantineEntry } from '../../../telemetry/quarantine.ts';
import { decodeQuarantineEntry } from '../../../telemetry/quarantine-codec.ts';
import { decodeReading } from '../../../telemetry/reading-codec.ts';
import { WINDOW } from '../../../telemetry/topology.ts';
import { type PlacedRecord, recordsSince } from '../../check/streams.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { checkRunning } from './application.ts';
import { evidenceOf, LOOK_BACK } from './evidence.ts';
import { faultyRide } from './experiments.ts';

/** Entries that are followed to their record: each takes two requests. */
const MOST = 10;

/** Milliseconds within which a broken record is in quarantine, a checkpoint of a minute and all. */
const PATIENCE = 120_000;

/** What is no reading lies in quarantine, with its place in the stream, and there it is found broken. */
export async function checkQuarantine(at: Workbench): Promise<Passed> {
  const { readings, quarantine } = at.names;
  const { broken } = await evidenceOf(at);
  const since = at.clock.now() - LOOK_BACK;
  const entries = (await recordsSince(at, quarantine, since))
    .map((record) => entryIn(record, quarantine))
    // Later stages put there what they could not use, of their own streams.
    .filter(({ stream }) => stream === readings);
  for (const entry of entries.slice(-MOST)) await insistOnBroken(at, entry);
  const looked = `the entries in ${quarantine}, and the records of ${readings} that they name`;
  const listed = new Set(entries.map(placeOf));
  const left = broken.filter(({ record }) => !listed.has(placeOf(record)));
  const expected = 'an entry that names a broken record of the stream';
  const overdue = left.find(({ record }) => at.clock.now() - record.arrival > PATIENCE);
  const last = entries.at(-1);
  if (last !== undefined && overdue === undefined) {
    return passed(
      looked,
      `${listed.size} ${listed.size === 1 ? 'entry' : 'entries'}; the last names ${last.sequenceNumber} of ${last.shardId}, and there it is: ${last.reason}`,
    );
  }
  if (broken.length === 0) {
    throw notYet({ looked, found: 'no broken record has come', expected, next: faultyRide(readings) });
  }
  await checkRunning(at);
  if (overdue === undefined) {
    const found = `${broken.length} broken records have come, and no entry yet`;
    throw notYet({ looked, found, expected, next: 'Wait some seconds, and check again.' });
  }
  throw wrong({
    looked,
    found: `the record ${overdue.record.sequenceNumber} is broken (${overdue.reason}), and no entry names it`,
    expected: 'an entry for each broken record',
    next: './wildrydes workshop check 3.application',
  });
}

function entryIn({ data, sequenceNumber }: PlacedRecord, stream: string): QuarantineEntry {
  const decoded = decodeQuarantineEntry(data);
  if (decoded.ok) return decoded.entry;
  throw wrong({
    looked: `the record ${sequenceNumber} of ${stream}`,
    found: `it is no entry: ${decoded.reason}`,
    expected: 'entries with shardId, sequenceNumber, reason and payload',
    next: `./wildrydes workshop check 3.application, then see who else writes to ${stream}`,
  });
}

function placeOf({ shardId, sequenceNumber }: Pick<QuarantineEntry, 'shardId' | 'sequenceNumber'>): string {
  return `${shardId} ${sequenceNumber}`;
}

async function insistOnBroken(at: Workbench, entry: QuarantineEntry): Promise<void> {
  const { readings, quarantine } = at.names;
  const looked = `the record ${entry.sequenceNumber} of ${entry.shardId} in ${readings}, which ${quarantine} names`;
  const expected = 'the broken record of which the entry speaks';
  const next = `./wildrydes workshop check 3.application, then see who else writes to ${quarantine}`;
  const record = await recordAt(at, readings, entry);
  if (record === undefined) throw wrong({ looked, found: 'there is no such record', expected, next });
  const kept = Buffer.from(entry.payload, 'base64');
  if (!kept.equals(Buffer.from(record.data).subarray(0, kept.length))) {
    throw wrong({ looked, found: 'it is another than the payload of the entry', expected, next });
  }
  const decoded = decodeReading(record.data);
  if (decoded.ok && decoded.instant <= record.arrival + WINDOW.future) {
    throw wrong({ looked, found: 'it is a valid reading', expected, next });
  }
}

async function recordAt(
  at: Workbench,
  stream: string,
  { shardId, sequenceNumber }: QuarantineEntry,
): Promise<{ readonly data: Uint8Array; readonly arrival: number } | undefined> {
  try {
    const { ShardIterator } = await at.kinesis.send(
      new GetShardIteratorCommand({
        StreamName: stream,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: sequenceNumber,
      }),
    );
    const { Records: [record] = [] } = await at.kinesis.send(
      new GetRecordsCommand({ ShardIterator, Limit: 1 }),
    );
    if (record?.SequenceNumber !== sequenceNumber) return undefined;
    return {
      data: record.Data ?? new Uint8Array(),
      arrival: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
    };
  } catch (error) {
    // A shard or a number that the stream never had.
    if (['InvalidArgumentException', 'ResourceNotFoundException'].includes((error as Error).name))
      return undefined;
    throw error;
  }
}
