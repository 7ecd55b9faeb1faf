import { DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Summary } from '../../../telemetry/summary.ts';
import { tidily } from '../../check/clean-up.ts';
import { couldNotCheck, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { defect, type Handling, handle, requireKnown } from './handling.ts';
import { byKey, keyOf, type Probe, recordOf, withProbe } from './probe.ts';
import { type Processor, processorSetUp } from './set-up.ts';

/** Longer than a function may take: a fault that nobody removes, because the check was killed, ends by itself. */
const LONGEST = 120;

/** A table that is busy loses nothing: what it did not take comes again. */
export async function checkThrottled(at: Workbench): Promise<Passed> {
  const processor = await processorSetUp(at);
  return withProbe(at, async (probe) => {
    if (at.control === undefined) await tryOnAws(at, processor, probe);
    else await tryWithFaults(at, at.control, processor, probe);
    return passed(
      `what ${processor.name} made of summaries, while the table did not take them`,
      'each one is stored, or was reported as failed',
    );
  });
}

type Control = NonNullable<Workbench['control']>;

async function tryWithFaults(
  at: Workbench,
  control: Control,
  processor: Processor,
  probe: Probe,
): Promise<void> {
  const ways = [
    {
      many: 60,
      kind: 'leave-unprocessed',
      count: 30,
      when: 'while the table left half of the items unprocessed',
    },
    {
      many: 30,
      kind: 'leave-unprocessed',
      when: 'while the table left all items unprocessed, again and again',
    },
    { many: 10, kind: 'throttle-table', when: 'while the table refused all requests' },
  ] as const;
  for (const [way, { many, kind, when, ...limit }] of ways.entries()) {
    const summaries = summariesOf(probe, way, many);
    const fault = await control.addFault({ kind, target: at.names.table, seconds: LONGEST, ...limit });
    const handling = await tidily(
      at,
      () => handle(at, processor, summaries.map(recordOf)),
      () => control.endFaults(fault.id),
    );
    await requireAccounted(processor, probe, summaries, handling, when);
  }
}

function summariesOf(probe: Probe, way: number, many: number): Summary[] {
  return Array.from({ length: many }, (_, minute) => probe.summary(1_000 * way + minute));
}

/** Each one is in the table, or comes again. */
async function requireAccounted(
  processor: Processor,
  probe: Probe,
  summaries: readonly Summary[],
  handling: Handling,
  when: string,
): Promise<void> {
  const looked = `what ${processor.name} made of ${summaries.length} summaries, ${when}`;
  if (handling.error !== undefined && /Timedout|timed out/i.test(handling.error)) {
    throw defect(processor, {
      looked,
      found: `it was still trying when its ${processor.timeout} seconds were over`,
      expected: 'it gives up after some attempts, well before its timeout, and reports what is left',
    });
  }
  // The invocation failed, as a whole: so all of it comes again.
  if (handling.error !== undefined) return;
  requireKnown(processor, looked, handling);
  const stored = byKey(await probe.items());
  // Lambda goes on with the first record that is reported, whatever is reported behind it.
  const again = handling.failed[0] ?? summaries.length;
  const lost = summaries.filter((summary, place) => place < again && !stored.has(keyOf(summary)));
  if (lost.length === 0) return;
  const found =
    handling.failed.length === 0
      ? `it answered that all is well, and ${lost.length} of them are not in the table: they are lost`
      : `it reported record ${again + 1} as the first that failed, and ${lost.length} before it are not in the table: they are lost`;
  throw defect(processor, {
    looked,
    found,
    expected:
      'what UnprocessedItems names is sent again, and what is not stored in the end is in batchItemFailures',
  });
}

/** Bytes: what costs the most write units in one request. */
const LARGE = 300 * 1_024;

/**
 * On AWS only a table of one write unit throttles, once its burst of 300 units is used up. A put whose condition is
 * not met costs as much as its item, and leaves nothing.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html and
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
 */
async function tryOnAws(at: Workbench, processor: Processor, probe: Probe): Promise<void> {
  const TableName = at.names.table;
  const { Table } = await at.dynamodb.send(new DescribeTableCommand({ TableName }));
  const looked = `the table ${TableName}`;
  const units = Table?.ProvisionedThroughput?.WriteCapacityUnits;
  if (units !== 1 || Table?.TableStatus !== 'ACTIVE') {
    throw couldNotCheck({
      looked,
      found: units === 1 ? `it is ${Table?.TableStatus}` : 'nothing makes it throttle',
      expected: 'it is ACTIVE, and has one write unit for the time of this check',
      next:
        units === 1
          ? `aws dynamodb wait table-exists --table-name ${TableName}`
          : `aws dynamodb update-table --table-name ${TableName} --billing-mode PROVISIONED --provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=1`,
    });
  }
  if (!(await useUp(at, probe))) {
    throw couldNotCheck({
      looked,
      found: 'it took far more than its burst, and did not throttle',
      expected: 'it throttles when its burst is used up',
      next: 'Check again in a minute: a change of the mode takes a while.',
    });
  }
  const summaries = summariesOf(probe, 0, 60);
  const handling = await handle(at, processor, summaries.map(recordOf));
  await requireAccounted(processor, probe, summaries, handling, 'while the table was throttled');
}

/** @returns whether the table throttles now */
async function useUp(at: Workbench, probe: Probe): Promise<boolean> {
  const { Name, StatusTime } = probe.summary(0, { Name: 'Nobody' });
  for (let times = 0; times < 20; times++) {
    at.signal.throwIfAborted();
    try {
      await at.dynamodb.send(
        new PutItemCommand({
          TableName: at.names.table,
          Item: { Name: { S: Name }, StatusTime: { S: StatusTime }, Ballast: { S: 'x'.repeat(LARGE) } },
          ConditionExpression: 'attribute_exists(Ballast)',
        }),
      );
    } catch (error) {
      if ((error as Error).name === 'ProvisionedThroughputExceededException') return true;
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    }
  }
  return false;
}
