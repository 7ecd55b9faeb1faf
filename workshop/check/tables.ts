import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { notYet } from '../finding.ts';
import type { Workbench } from '../workbench.ts';
import { ifThere } from './missing.ts';

/** The names of a table's keys: strings, both of them. */
export interface Keys {
  readonly partition: string;
  readonly sort?: string;
}

/** The command that creates a table on demand. */
export function createTable(name: string, { partition, sort }: Keys): string {
  const keys = sort === undefined ? [partition] : [partition, sort];
  const attributes = keys.map((key) => `AttributeName=${key},AttributeType=S`).join(' ');
  const schema = keys.map((key, place) => `AttributeName=${key},KeyType=${place === 0 ? 'HASH' : 'RANGE'}`);
  return `aws dynamodb create-table --table-name ${name} --attribute-definitions ${attributes} --key-schema ${schema.join(' ')} --billing-mode PAY_PER_REQUEST`;
}

/**
 * A table that is ready for use.
 *
 * @throws Unmet with the command that creates it
 */
export async function activeTable(at: Workbench, name: string, keys: Keys): Promise<TableDescription> {
  const looked = `the table ${name}`;
  const table = (await ifThere(at.dynamodb.send(new DescribeTableCommand({ TableName: name }))))?.Table;
  if (table === undefined) {
    throw notYet({
      looked,
      found: 'there is none',
      expected: `an ACTIVE table with the keys ${Object.values(keys).join(' and ')}`,
      next: createTable(name, keys),
    });
  }
  // UPDATING takes and gives items too.
  if (table.TableStatus === 'ACTIVE' || table.TableStatus === 'UPDATING') return table;
  throw notYet({
    looked,
    found: `it is ${table.TableStatus}`,
    expected: 'it is ACTIVE',
    next: `aws dynamodb wait table-exists --table-name ${name}`,
  });
}
