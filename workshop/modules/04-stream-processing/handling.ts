import { quote } from '../../../telemetry/excerpt.ts';
import {
  type EventRecord,
  invoke,
  kinesisEvent,
  type Outcome,
  sequenceNumberAt,
} from '../../check/functions.ts';
import { until } from '../../check/wait.ts';
import { type Shortfall, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import type { Processor } from './set-up.ts';

/** What a function made of a batch that was made up. */
export interface Handling {
  /** Why it did not answer, in its own words; undefined when it did. */
  readonly error: string | undefined;
  /** What it said and logged, to find known mistakes in. */
  readonly words: string;
  /**
   * Places of the records that it reported as failed, in their order. An identifier that is no text, or empty, fails
   * the batch as a whole.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
   */
  readonly failed: readonly number[];
  /** What it gave as an identifier, and is none of the batch. */
  readonly unknown: string | undefined;
}

/** Seconds that a new role may take until what it allows holds everywhere. */
const ROLE_PATIENCE = 60;

/** Has the learner's function handle records, as if they came from the stream of summaries. */
export async function handle(
  at: Workbench,
  processor: Processor,
  records: readonly EventRecord[],
): Promise<Handling> {
  const event = kinesisEvent(processor.streamArn, records, at.clock.now());
  let outcome: Outcome | undefined;
  await until(at, 'for the policies of the role to hold', ROLE_PATIENCE, async () => {
    outcome = await invoke(at, processor.name, event);
    return /AccessDenied|not authorized/.test(`${outcome.error} ${outcome.log}`) ? undefined : true;
  });
  return handlingOf(outcome!, records.length);
}

function handlingOf({ response, error, log }: Outcome, records: number): Handling {
  const places = new Map(Array.from({ length: records }, (_, place) => [sequenceNumberAt(place), place]));
  const { batchItemFailures } = Object(response) as { batchItemFailures?: unknown };
  const identifiers = Array.isArray(batchItemFailures)
    ? batchItemFailures.map((each) => (Object(each) as { itemIdentifier?: unknown }).itemIdentifier)
    : [];
  const failed = identifiers.map((each) =>
    typeof each !== 'string' || each === '' ? 0 : (places.get(each) ?? -1),
  );
  const unknown = identifiers[failed.indexOf(-1)];
  return {
    error,
    words: `${error ?? ''}\n${log}`,
    failed: failed.filter((place) => place >= 0).sort((a, b) => a - b),
    unknown: unknown === undefined ? undefined : String(unknown),
  };
}

/** Mistakes that show in what a function or DynamoDB says. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [
    /less than or equal to 25|Too many items/,
    'it puts more items into one BatchWriteItem than the 25 that it takes',
  ],
  [/contains duplicates/, 'it puts one key into a BatchWriteItem twice, which refuses the whole request'],
  [
    /ResourceNotFoundException|Requested resource not found|non-existent table/,
    'it writes to a table that is not there',
  ],
  [/ImportModuleError|HandlerNotFound|Cannot find module/, 'Lambda does not find its handler'],
  [/AccessDenied|not authorized/, 'its role does not let it do what it does'],
  [/Timedout|timed out/i, 'it was not done when its time was over'],
];

/** What went wrong, if it shows in the words; else what the function said. */
export function mistakeIn({ error, words, failed }: Handling): string {
  const known = MISTAKES.find(([pattern]) => pattern.test(words));
  const said =
    error === undefined ? `it reported ${failed.length} records as failed` : `it failed: ${quote(error)}`;
  return known === undefined ? said : `${known[1]} (${said})`;
}

/** Where the learner goes on: mend, pack, upload. */
export function redeploy({ name, source }: Processor): string {
  return `Mend ${source}, then: ./wildrydes workshop pack ${source} && aws lambda update-function-code --function-name ${name} --zip-file fileb://${source.replace(/\.\w+$/, '.zip')}`;
}

/** A defect of the learner's code. */
export function defect(
  processor: Processor,
  told: Pick<Shortfall, 'looked' | 'found' | 'expected'> & { readonly next?: string },
) {
  return wrong({ next: redeploy(processor), ...told });
}

/** @throws Unmet when what was reported as failed is not among what was given */
export function requireKnown(processor: Processor, looked: string, { unknown }: Handling): void {
  if (unknown === undefined) return;
  throw defect(processor, {
    looked,
    found: `batchItemFailures holds ${quote(unknown)}, which is the sequence number of no record of the batch`,
    expected: 'each itemIdentifier is the kinesis.sequenceNumber of a record that failed',
  });
}
