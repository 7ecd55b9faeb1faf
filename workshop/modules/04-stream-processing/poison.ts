import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { quote } from '../../../telemetry/excerpt.ts';
import type { Summary } from '../../../telemetry/summary.ts';
import { sequenceNumberAt } from '../../check/functions.ts';
import { withScratchStream } from '../../check/scratch-mapping.ts';
import { until } from '../../check/wait.ts';
import { couldNotCheck, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { defect, type Handling, handle, mistakeIn, requireKnown } from './handling.ts';
import { mappingSetUp } from './mapping.ts';
import { byKey, type Item, keyOf, type Probe, recordOf, withProbe } from './probe.ts';
import { KINESIS_POLICY } from './role.ts';
import { type Processor, processorSetUp } from './set-up.ts';

/** Seconds that good records behind poison may take: on AWS a mapping needs a minute before it reads at all. */
const PATIENCE = { local: 10, elsewhere: 240 } as const;

function patienceAt({ target }: Workbench): number {
  return target.kind === 'local' ? PATIENCE.local : PATIENCE.elsewhere;
}

interface Poison {
  readonly what: string;
  readonly data: string | Uint8Array;
}

/** What is no summary, in words and in bytes. */
function poisons(probe: Probe): Poison[] {
  const { Name, StatusTime, ...numbers } = probe.summary(0, { Name: 'José' });
  return [
    { what: 'text that is no JSON', data: `${probe.mark} was here` },
    { what: 'JSON that is no object', data: 'null' },
    { what: 'an object without StatusTime', data: JSON.stringify({ Name, ...numbers }) },
    { what: 'an object without Name', data: JSON.stringify({ StatusTime, ...numbers }) },
    {
      // é is one byte in Latin-1, which begins a character of three bytes in UTF-8.
      what: 'a summary in Latin-1, which is no valid UTF-8',
      data: Buffer.from(JSON.stringify({ Name, StatusTime, ...numbers }), 'latin1'),
    },
  ];
}

/** Records that are no summaries keep no others back. */
export async function checkPoison(at: Workbench): Promise<Passed> {
  const processor = await processorSetUp(at);
  const { mapping } = await mappingSetUp(at);
  return withProbe(at, async (probe) => {
    const trials = poisons(probe);
    const looked = `what ${processor.name} made of ${trials.length} records that are no summaries`;
    let reports = 0;
    for (const [place, poison] of trials.entries()) {
      const good = [0, 1, 2].map((minute) => probe.summary(3 * place + minute));
      const { failed } = await tryOne(at, { processor, mapping, probe }, poison, good);
      reports += failed.length;
    }
    if (await tryFlow(at, { processor, mapping, probe }, 3 * trials.length)) {
      return passed(looked, 'all good ones are stored, and those that came later too');
    }
    // A batch that fails with nothing is over with, whatever the mapping does with those that fail.
    if (reports > 0) throw unseen(processor, mapping);
    return passed(looked, 'all good ones are stored, and no batch failed that others would have to wait for');
  });
}

interface Trial {
  readonly processor: Processor;
  readonly mapping: EventSourceMappingConfiguration;
  readonly probe: Probe;
}

/** Where the poison is, of a batch of four. */
const PLACE = 1;

/** The function by itself, with one batch. */
async function tryOne(
  at: Workbench,
  { processor, mapping, probe }: Trial,
  { what, data }: Poison,
  good: readonly Summary[],
): Promise<Handling> {
  const looked = `what ${processor.name} made of ${what}, among good ones`;
  const records = good.map(recordOf);
  records.splice(PLACE, 0, { partitionKey: probe.mark, data });
  const handling = await handle(at, processor, records);
  if (handling.error !== undefined) {
    throw defect(processor, {
      looked,
      found: `the whole batch fails with it, and will when it comes again: ${mistakeIn(handling)}`,
      expected: 'the good ones are stored, and the function answers',
    });
  }
  requireKnown(processor, looked, handling);
  const stored = byKey(await probe.items());
  const other = handling.failed.find((place) => place !== PLACE);
  if (other !== undefined) {
    throw defect(processor, {
      looked,
      found: `it reports record ${other + 1} of the batch as failed, and the one that is no summary is record ${PLACE + 1}`,
      expected: 'it reports no good record: all of them would come again, and the same would happen',
    });
  }
  const lost = good.filter((summary) => !stored.has(keyOf(summary)));
  if (lost.length > 0) {
    throw defect(processor, {
      looked,
      found: `${lost.length} of ${good.length} good ones are not in the table${lost.includes(good[0]!) ? '' : ': those behind it'}`,
      expected: 'all good ones are stored, before it and behind it',
    });
  }
  requireNoneElse(processor, looked, probe, [...stored.values()]);
  if (handling.failed.length === 0) requireLogged(processor, looked, handling);
  else requireEnd(processor, looked, mapping);
  return handling;
}

function requireLogged(processor: Processor, looked: string, { words }: Handling): void {
  if (words.includes(sequenceNumberAt(PLACE))) return;
  throw defect(processor, {
    looked,
    found: 'it passed over the record, and its log does not have the sequence number',
    expected: 'what is left out is logged with kinesis.sequenceNumber, so that somebody can find it',
  });
}

function requireEnd(
  { source }: Processor,
  looked: string,
  { MaximumRetryAttempts = -1, MaximumRecordAgeInSeconds = -1, UUID }: EventSourceMappingConfiguration,
): void {
  if (MaximumRetryAttempts >= 0 || MaximumRecordAgeInSeconds >= 0) return;
  throw wrong({
    looked,
    found:
      'it reports the record as failed, and the mapping retries for ever: it comes again until it expires, and holds up all that follow',
    expected: 'the function counts it as dealt with and logs it; or the mapping gives it up some time',
    next: `Mend ${source}, or: aws lambda update-event-source-mapping --uuid ${UUID} --maximum-retry-attempts 3`,
  });
}

/** Of what is no summary, nothing is in the table. */
function requireNoneElse(processor: Processor, looked: string, probe: Probe, stored: readonly Item[]): void {
  const { Name } = probe.summary(0);
  const strange = stored.find((item) => item.Name?.S !== Name);
  if (strange === undefined) return;
  throw defect(processor, {
    looked,
    found: `it is in the table, under the Name ${quote(strange.Name?.S ?? '')}`,
    expected:
      "it is not: bytes that are no UTF-8 are refused, as by new TextDecoder('utf-8', { fatal: true })",
  });
}

/** It would have to be seen how long the mapping tries again, and the role is for the learner's own stream alone. */
function unseen({ name }: Processor, { UUID }: EventSourceMappingConfiguration) {
  return couldNotCheck({
    looked: `the mapping ${UUID}, which has to give up what ${name} reports as failed`,
    found: 'the role lets Lambda read no stream but the one, so that the check could not try one of its own',
    expected: 'for the time of the check, it lets Lambda read streams named check-… too',
    next: `aws iam attach-role-policy --policy-arn ${KINESIS_POLICY} --role-name …, with the role of ${name}; detach it afterwards`,
  });
}

/**
 * The same by a mapping with the settings of the learner's own, on a stream that begins with poison.
 *
 * @returns false when the function's role does not let Lambda read such a stream
 */
async function tryFlow(at: Workbench, { processor, mapping, probe }: Trial, from: number): Promise<boolean> {
  return withScratchStream(at, async (stream) => {
    const arrive = async (good: readonly Summary[], what: string) => {
      const done = await until(at, `for ${what}`, patienceAt(at), async () => {
        const stored = byKey(await probe.items());
        return good.every((summary) => stored.has(keyOf(summary))) ? true : undefined;
      });
      if (done) return;
      throw wrong({
        looked: 'a stream that begins with records that are no summaries, with a mapping like your own',
        found: `${what} did not come within ${patienceAt(at)} seconds: the shard stands still`,
        expected: 'poison is over with soon: it is dealt with, or given up after a few attempts',
        next: `aws lambda get-event-source-mapping --uuid ${mapping.UUID}: LastProcessingResult, and how often it tries again`,
      });
    };
    await stream.put(poisons(probe).map(({ data }) => ({ partitionKey: probe.mark, data })));
    const first = probe.summary(from);
    const later = [probe.summary(from + 1), probe.summary(from + 2)];
    await stream.put([recordOf(first)]);
    if (!(await stream.feed(processor.name, mapping))) return false;
    await arrive([first], 'the good record behind the poison');
    await stream.put(later.map(recordOf));
    await arrive(later, 'the good records that came later');
    return true;
  });
}
