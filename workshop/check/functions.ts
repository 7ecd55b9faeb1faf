import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { notYet, wrong } from '../finding.ts';
import type { Workbench } from '../workbench.ts';
import { ifThere } from './missing.ts';

/**
 * A function that can be invoked.
 *
 * @throws Unmet when there is none, or it is not ready
 */
export async function functionNamed(at: Workbench, name: string): Promise<FunctionConfiguration> {
  const looked = `the function ${name}`;
  const found = await ifThere(at.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })));
  if (found === undefined) {
    throw notYet({
      looked,
      found: 'there is none',
      expected: 'a function of this name',
      next: `aws lambda create-function --function-name ${name} …`,
    });
  }
  if (found.State === 'Failed' || found.LastUpdateStatus === 'Failed') {
    throw wrong({
      looked,
      found: `it cannot run: ${found.StateReason ?? found.LastUpdateStatusReason ?? 'no reason given'}`,
      expected: 'its State is Active',
      next: `aws lambda get-function-configuration --function-name ${name}`,
    });
  }
  if (found.State !== 'Active' || found.LastUpdateStatus === 'InProgress') {
    throw notYet({
      looked,
      found: `its State is ${found.State}, its last update ${found.LastUpdateStatus}`,
      expected: 'its State is Active',
      next: `aws lambda wait function-updated-v2 --function-name ${name}`,
    });
  }
  return found;
}

/**
 * The mappings that feed a function; of one source where it is named.
 *
 * @param which those that are being deleted count as gone, unless they are asked for
 */
export async function mappingsOf(
  at: Workbench,
  functionName: string,
  sourceArn?: string,
  which: 'in use' | 'deleting too' = 'in use',
): Promise<EventSourceMappingConfiguration[]> {
  const mappings: EventSourceMappingConfiguration[] = [];
  const pages = paginateListEventSourceMappings(
    { client: at.lambda },
    { FunctionName: functionName, ...(sourceArn === undefined ? {} : { EventSourceArn: sourceArn }) },
  );
  for await (const page of pages) mappings.push(...(page.EventSourceMappings ?? []));
  return which === 'in use' ? mappings.filter(({ State }) => State !== 'Deleting') : mappings;
}

/** What an invocation came to. */
export interface Outcome {
  /** What the handler returned, if it returned. */
  readonly response: unknown;
  /** Why it did not, in the function's own words: `TypeError: …`. Undefined when it returned. */
  readonly error: string | undefined;
  /** The last 4 KB of what it logged. */
  readonly log: string;
}

/** Invokes a function with an event, and waits for its answer. */
export async function invoke(at: Workbench, functionName: string, event: unknown): Promise<Outcome> {
  const answer = await at.lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      LogType: 'Tail',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  const text = Buffer.from(answer.Payload ?? new Uint8Array()).toString('utf8');
  const payload = text === '' ? undefined : (JSON.parse(text) as unknown);
  const log = Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8');
  if (answer.FunctionError === undefined) return { response: payload, error: undefined, log };
  const { errorType, errorMessage } = (payload ?? {}) as { errorType?: string; errorMessage?: string };
  return { response: undefined, error: `${errorType ?? 'Error'}: ${errorMessage ?? text}`, log };
}

/** A record of a made-up event. */
export interface EventRecord {
  readonly partitionKey: string;
  readonly data: string | Uint8Array;
  /** Decimal digits, of one length and rising: Lambda gives them in order. Default: made up from the position. */
  readonly sequenceNumber?: string;
}

/**
 * The event that Lambda makes of records of a stream.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function kinesisEvent(streamArn: string, records: readonly EventRecord[], now: number): object {
  const region = streamArn.split(':')[3];
  return {
    Records: records.map(({ partitionKey, data, sequenceNumber }, index) => {
      const number = sequenceNumber ?? sequenceNumberAt(index);
      return {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey,
          sequenceNumber: number,
          data: Buffer.from(data).toString('base64'),
          approximateArrivalTimestamp: now / 1_000,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `shardId-000000000000:${number}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'arn:aws:iam::000000000000:role/check',
        awsRegion: region,
        eventSourceARN: streamArn,
      };
    }),
  };
}

/** A sequence number of the length that Kinesis gives, rising with the position. */
export function sequenceNumberAt(index: number): string {
  return `4959033827149025660855969253836157109592157598913658${String(index).padStart(4, '0')}`;
}
