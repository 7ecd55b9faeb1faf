import { TABLES } from '../../../telemetry/topology.ts';
import { activeTable } from '../../check/tables.ts';
import { type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

const KEYS = { partition: TABLES.summaries.partitionKey, sort: TABLES.summaries.sortKey };

/** The table of summaries, as far as it is ready. */
export function summaryTable(at: Workbench) {
  return activeTable(at, at.names.table, KEYS);
}

/** The table has the keys that make a summary's place, and is paid for by the request. */
export async function checkTable(at: Workbench): Promise<Passed> {
  const name = at.names.table;
  const looked = `the table ${name}`;
  const { KeySchema = [], AttributeDefinitions = [], BillingModeSummary } = await summaryTable(at);
  const keyOf = (kind: string) => {
    const key = KeySchema.find(({ KeyType }) => KeyType === kind)?.AttributeName;
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === key)?.AttributeType;
    return key === undefined ? undefined : `${key} (${type})`;
  };
  const partition = keyOf('HASH');
  const sort = keyOf('RANGE');
  const expected = `the partition key ${KEYS.partition} (S) and the sort key ${KEYS.sort} (S)`;
  const next = `aws dynamodb delete-table --table-name ${name}, then create it with these keys`;
  if (partition !== `${KEYS.partition} (S)` || (sort !== undefined && sort !== `${KEYS.sort} (S)`)) {
    const found = `its partition key is ${partition}, its sort key ${sort ?? 'none'}`;
    throw wrong({ looked, found, expected, next });
  }
  if (sort === undefined) {
    const found = `its only key is ${partition}: each minute of a unicorn would take the place of the one before`;
    throw wrong({ looked, found, expected, next });
  }
  // A table that never was anything but provisioned has no such summary.
  if (BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST') {
    throw wrong({
      looked,
      found: 'it has provisioned throughput, which costs whether or not it is used, and throttles beyond',
      expected: 'it is on demand',
      next: `aws dynamodb update-table --table-name ${name} --billing-mode PAY_PER_REQUEST`,
    });
  }
  return passed(looked, 'its keys are Name and StatusTime, it is on demand');
}
