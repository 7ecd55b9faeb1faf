import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import type { EventRecord } from '../../../check/functions.ts';
import { until } from '../../../check/wait.ts';
import { couldNotCheck, wrong } from '../../../finding.ts';
import type { Workbench } from '../../../workbench.ts';
import { type Case, POISON } from './cases.ts';
import { type Delivered, deliver, type Fed, type Sense } from './fed.ts';

/** Sends cases, the whole story of one unicorn after that of another. */
export async function playCases(
  at: Workbench,
  fed: Fed,
  sense: Sense,
  cases: readonly Case[],
): Promise<void> {
  for (const { deliveries, sent } of cases) {
    for (const { records, cold } of deliveries(sense)) {
      const send = (version?: string) => deliver(at, fed, records, version);
      insistOnSuccess(fed, sent, await (cold ? inFreshEnvironment(at, fed, send) : send()));
    }
  }
}

function insistOnSuccess({ functionName }: Fed, sent: string, { failure }: Delivered): void {
  if (failure === undefined) return;
  throw wrong({
    looked: `the function ${functionName}, invoked with ${sent}`,
    found: `it failed: ${failure}`,
    expected: 'it handles the batch',
    next: `aws logs filter-log-events --log-group-name /aws/lambda/${functionName} --query "events[-20:].message"`,
  });
}

/**
 * Publishes the function as a version for a moment: a version has environments of its own, which start cold, and the
 * learner's function stays as it is. A version that was there before is used, and stays.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
async function inFreshEnvironment<T>(
  at: Workbench,
  { functionName: FunctionName }: Fed,
  send: (version: string) => Promise<T>,
): Promise<T> {
  const before = new Set<string | undefined>();
  for await (const page of paginateListVersionsByFunction({ client: at.lambda }, { FunctionName })) {
    for (const { Version } of page.Versions ?? []) before.add(Version);
  }
  const { Version: Qualifier = '' } = await at.lambda.send(
    new PublishVersionCommand({
      FunctionName,
      Description: 'check-alert: for a cold start, deleted at once',
    }),
  );
  try {
    const ready = await until(at, 'for a cold start', 60, async () => {
      const { State } = await at.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName, Qualifier }),
      );
      return State === 'Active' || undefined;
    });
    if (ready) return await send(Qualifier);
    throw couldNotCheck({
      looked: `version ${Qualifier} of the function ${FunctionName}, published for a cold start`,
      found: 'it was not ready within a minute',
      expected: 'its State is Active',
      next: 'Check again.',
    });
  } finally {
    if (!before.has(Qualifier)) await at.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
  }
}

/**
 * Sends what is no JSON between two unicorns that run low. The function may fail for it, if its mapping then does what
 * saves the others: what Lambda would do by that mapping is done here.
 *
 * @throws Unmet when the mapping would block, or give up good records
 */
export async function playPoison(at: Workbench, fed: Fed, sense: Sense): Promise<void> {
  const good = (unicorn: string) => sense(unicorn, 49);
  const poison = POISON.map((data): EventRecord => ({ ...sense('poison', 100), data }));
  const batch = [good('before'), ...poison, good('behind')];
  const { failure } = await deliver(at, fed, batch);
  if (failure === undefined) return;
  const { functionName, mapping } = fed;
  const { UUID, MaximumRetryAttempts = -1, MaximumRecordAgeInSeconds = -1 } = mapping;
  const looked = `the function ${functionName}, invoked with two good records and poison between them`;
  const expected = 'poison is logged and passed over, and both unicorns are alerted of';
  if (MaximumRetryAttempts < 0 && MaximumRecordAgeInSeconds < 0) {
    throw wrong({
      looked,
      found: `it failed: ${failure}. Its mapping sends the batch again until the records expire: the shard is blocked`,
      expected,
      next: 'Catch what JSON.parse throws, log the sequence number, and go on with the next record.',
    });
  }
  if (mapping.BisectBatchOnFunctionError !== true && mapping.BatchSize !== 1) {
    throw wrong({
      looked,
      found: `it failed: ${failure}. After the last retry its mapping gives up the good records with the poison`,
      expected,
      next: `aws lambda update-event-source-mapping --uuid ${UUID} --bisect-batch-on-function-error, or better: catch what JSON.parse throws`,
    });
  }
  for (const record of batch) await deliver(at, fed, [record]);
}
