import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../../telemetry/clock.ts';
import { eventOf } from './event-batch.ts';
import { type Discarded, invocationRecord } from './failure-record.ts';

/** How the local cloud's other services are reached from here. */
export interface Outlets {
  /** Publishes to an SNS topic. */
  publish(topicArn: string, message: string): Promise<void>;
  /** Writes an object to an S3 bucket. */
  putObject(bucket: string, key: string, body: string): Promise<void>;
}

export interface DestinationOptions {
  /** ARN of a topic or of a bucket. */
  readonly arn: string;
  /** UUID of the mapping. */
  readonly mappingId: string;
  /** With its version. */
  readonly functionArn: string;
  readonly outlets: Outlets;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Milliseconds before the second and the third attempt. */
const WAITS = [100, 500] as const;

/**
 * Tells the on-failure destination of a mapping what was given up. A topic gets the invocation record; a bucket gets it
 * with the records, as the event that the function had, in an attribute `payload` that holds JSON text.
 * A destination that cannot be told, after three attempts, costs the record of it and nothing else, as on AWS.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @returns never rejects
 */
export function createDestination(options: DestinationOptions): (discarded: Discarded) => Promise<void> {
  const { arn, functionArn, outlets, clock, log } = options;
  const [, , service, , , ...resource] = arn.split(':');

  function tell(discarded: Discarded): Promise<void> {
    const record = invocationRecord(discarded, functionArn, clock.now());
    if (service === 'sns') return outlets.publish(arn, JSON.stringify(record));
    const body = JSON.stringify({ ...record, payload: JSON.stringify(eventOf(discarded.batch)) });
    return outlets.putObject(resource.join(':'), objectKey(options, discarded), body);
  }

  return async (discarded) => {
    for (const wait of [...WAITS, undefined]) {
      try {
        return await tell(discarded);
      } catch (error) {
        if (wait !== undefined) await pause(wait);
        else log(`${arn} was not told of records given up: ${String(error)}`);
      }
    }
  };
}

/** `aws/lambda/UUID/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID` */
function objectKey({ mappingId, clock }: DestinationOptions, { batch }: Discarded): string {
  const time = new Date(clock.now()).toISOString();
  const day = time.slice(0, 10).replaceAll('-', '/');
  const second = time.slice(0, 19).replaceAll(':', '.');
  return `aws/lambda/${mappingId}/${batch.source.shardId}/${day}/${second}-${randomUUID()}`;
}
