import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { functionNamed, mappingsOf } from '../../check/functions.ts';
import { activeStream } from '../../check/streams.ts';
import { until } from '../../check/wait.ts';
import { notYet, type Passed, passed, type Shortfall, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** Records in a batch at most. */
const BATCH = 100;

/** Seconds that a mapping may take until it delivers. */
const PATIENCE = 90;

/** The mapping delivers what is in the stream to the function, from the first record on. */
export async function checkMapping(at: Workbench): Promise<Passed> {
  const { looked, mapping } = await mappingSetUp(at);
  return passed(
    looked,
    `it is ${mapping.State}: from the first record on, ${BATCH} at most, and some may fail alone`,
  );
}

/** @throws Unmet when there is none, or it does not have the settings that it needs */
export async function mappingSetUp(
  at: Workbench,
): Promise<{ readonly looked: string; readonly mapping: EventSourceMappingConfiguration }> {
  const { summaries, processor } = at.names;
  const { StreamARN = '' } = await activeStream(at, summaries);
  await functionNamed(at, processor);
  const looked = `the mapping from ${summaries} to ${processor}`;
  const create = `aws lambda create-event-source-mapping --function-name ${processor} --event-source-arn ${StreamARN} --batch-size ${BATCH} --starting-position TRIM_HORIZON --function-response-types ReportBatchItemFailures`;
  let mapping: EventSourceMappingConfiguration | undefined;
  await until(at, 'for the mapping to be enabled', PATIENCE, async () => {
    [mapping] = await mappingsOf(at, processor, StreamARN);
    return mapping?.State === 'Creating' || mapping?.State === 'Enabling' ? undefined : true;
  });
  if (mapping === undefined) {
    throw notYet({
      looked,
      found: 'there is none',
      expected: 'one that reads the stream from its start',
      next: create,
    });
  }
  const fault = faultIn(mapping, looked, create);
  if (fault !== undefined) throw fault;
  return { looked, mapping };
}

function faultIn(mapping: EventSourceMappingConfiguration, looked: string, create: string) {
  const {
    UUID,
    State,
    StartingPosition,
    BatchSize,
    FunctionResponseTypes = [],
    MaximumRetryAttempts,
  } = mapping;
  const update = `aws lambda update-event-source-mapping --uuid ${UUID}`;
  const fault = (told: Omit<Shortfall, 'looked'>) => wrong({ looked, ...told });
  if (StartingPosition !== 'TRIM_HORIZON') {
    return fault({
      found: `it starts at ${StartingPosition}: what was in the stream before it is passed over`,
      expected: 'it starts at TRIM_HORIZON, the oldest record',
      next: `aws lambda delete-event-source-mapping --uuid ${UUID}, and when it is gone: ${create}`,
    });
  }
  if (!FunctionResponseTypes.includes('ReportBatchItemFailures')) {
    return fault({
      found: 'it does not look at what the function reports: a batch fails whole, or not at all',
      expected: 'FunctionResponseTypes has ReportBatchItemFailures',
      next: `${update} --function-response-types ReportBatchItemFailures`,
    });
  }
  if (BatchSize !== BATCH) {
    return fault({
      found: `its batch size is ${BatchSize}`,
      expected: `${BATCH}: one invocation, and four requests to the table, for so many summaries`,
      next: `${update} --batch-size ${BATCH}`,
    });
  }
  if (MaximumRetryAttempts === 0) {
    return fault({
      found: 'MaximumRetryAttempts is 0: what fails once, because the table is busy, is given up',
      expected: 'more, or -1: until the record expires',
      next: `${update} --maximum-retry-attempts -1`,
    });
  }
  if (State === 'Disabled' || State === 'Disabling') {
    return fault({ found: `it is ${State}`, expected: 'it is Enabled', next: `${update} --enabled` });
  }
  return undefined;
}
