import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { encodeReading } from '../../../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../../../telemetry/status-time.ts';
import { encodeSummary } from '../../../../telemetry/summary-codec.ts';
import {
  type EventRecord,
  invoke,
  kinesisEvent,
  type Outcome,
  sequenceNumberAt,
} from '../../../check/functions.ts';
import type { Workbench } from '../../../workbench.ts';

/** The learner's function, and what feeds it. */
export interface Fed {
  readonly functionName: string;
  readonly mapping: EventSourceMappingConfiguration;
  /** What its stream carries. */
  readonly kind: 'readings' | 'summaries';
}

/** What an invocation is to the mapping. */
export interface Delivered {
  readonly outcome: Outcome;
  /** Why the records come again; undefined when they count as handled. */
  readonly failure: string | undefined;
}

/** Hands records to the function as its mapping would. */
export async function deliver(
  at: Workbench,
  { functionName, mapping }: Fed,
  records: readonly EventRecord[],
  version?: string,
): Promise<Delivered> {
  at.signal.throwIfAborted();
  const outcome = await invoke(
    at,
    version === undefined ? functionName : `${functionName}:${version}`,
    kinesisEvent(mapping.EventSourceArn ?? '', records, at.clock.now()),
  );
  return { outcome, failure: outcome.error ?? reported(outcome.response, mapping) };
}

/** A list of failed records, as far as the mapping asks for it: else Lambda does not look at what is returned. */
function reported(response: unknown, mapping: EventSourceMappingConfiguration): string | undefined {
  if (!mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures')) return undefined;
  const { batchItemFailures } = (response ?? {}) as { batchItemFailures?: unknown };
  if (!Array.isArray(batchItemFailures) || batchItemFailures.length === 0) return undefined;
  return `it reports failed records: ${JSON.stringify(batchItemFailures).slice(0, 200)}`;
}

/** Makes a record that tells how much magic a unicorn has; each one is newer than the one before. */
export type Sense = (unicorn: string, magic: number, health?: number) => EventRecord;

/** Milliseconds by which made-up records begin before now: what is from the future may be passed over. */
const BEFORE = { readings: 10 * 60_000, summaries: 24 * 3_600_000 } as const;

const MINUTE = 60_000;

/**
 * @param kind readings follow each other by a second, summaries by a minute
 * @param nameOf what a unicorn is called in this run
 * @param now milliseconds since the epoch
 */
export function senses(kind: Fed['kind'], nameOf: (unicorn: string) => string, now: number): Sense {
  const step = kind === 'readings' ? 1_000 : MINUTE;
  const start = Math.floor((now - BEFORE[kind]) / MINUTE) * MINUTE;
  let count = 0;
  return (unicorn, magic, health = 100) => {
    const index = count++;
    const Name = nameOf(unicorn);
    const StatusTime = formatStatusTime(start + index * step);
    const data =
      kind === 'readings'
        ? encodeReading({
            Name,
            StatusTime,
            Latitude: 40.75,
            Longitude: -73.98,
            Distance: 30.125,
            MagicPoints: magic,
            HealthPoints: health,
          })
        : encodeSummary({
            Name,
            StatusTime,
            Distance: 1_807.5,
            MinMagicPoints: magic,
            // A minute that was low for a moment: the least counts.
            MaxMagicPoints: magic + 30,
            MinHealthPoints: health,
            MaxHealthPoints: health + 30,
            Readings: 60,
          });
    return { partitionKey: Name, data, sequenceNumber: sequenceNumberAt(index) };
  };
}
