import {
  CreateTableCommand,
  DeleteTableCommand,
  ResourceInUseException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { ifThere } from '../check/missing.ts';
import type { Workbench } from '../workbench.ts';
import { PATIENCE } from './patience.ts';

/** Creates a table on demand whose keys are strings; one that is there is left as it is. */
export async function ensureTable(
  at: Workbench,
  name: string,
  partitionKey: string,
  sortKey?: string,
): Promise<void> {
  const keys = [
    { name: partitionKey, type: 'HASH' as const },
    ...(sortKey === undefined ? [] : [{ name: sortKey, type: 'RANGE' as const }]),
  ];
  try {
    await at.dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: 'S' })),
        KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.type })),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client: at.dynamodb, ...PATIENCE }, { TableName: name });
}

export async function removeTable(at: Workbench, name: string): Promise<void> {
  if ((await ifThere(at.dynamodb.send(new DeleteTableCommand({ TableName: name })))) === undefined) return;
  await waitUntilTableNotExists({ client: at.dynamodb, ...PATIENCE }, { TableName: name });
}
