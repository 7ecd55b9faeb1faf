import { DescribeTableCommand, type DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb';
import { type Effort, insist } from '../../resend.ts';

/** What is used of a DynamoDB client. */
export interface DescribesTables {
  send(
    command: DescribeTableCommand,
    options: { abortSignal: AbortSignal },
  ): Promise<DescribeTableCommandOutput>;
}

/** The names of tables' keys. */
export interface KeySchemas {
  /**
   * The partition key's name, and the sort key's if there is one.
   *
   * @param keys of a change, as far as they are known: when the names that are remembered are others, the table is
   *   asked anew, since another one may have taken its place
   * @throws ResourceNotFoundException and the client's other errors
   */
  keyNames(tableName: string, keys: readonly string[], effort: Effort): Promise<readonly string[]>;
}

/** Asks DynamoDB once per table, and remembers. */
export function createKeySchemas(client: DescribesTables): KeySchemas {
  const known = new Map<string, readonly string[]>();
  return {
    async keyNames(tableName, keys, effort) {
      const remembered = known.get(tableName);
      if (remembered !== undefined && sameNames(remembered, keys)) return remembered;
      const { Table } = await insist(effort, (abortSignal) =>
        client.send(new DescribeTableCommand({ TableName: tableName }), { abortSignal }),
      );
      const names = keyNamesOf(Table);
      known.set(tableName, names);
      return names;
    },
  };
}

/** The names of a table's keys, the partition key first, whatever their order in its description. */
export function keyNamesOf(table: DescribeTableCommandOutput['Table']): readonly string[] {
  const schema = table?.KeySchema ?? [];
  return ['HASH', 'RANGE'].flatMap(
    (type) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName ?? [],
  );
}

/** Whether a change's keys are exactly a table's. */
export function sameNames(names: readonly string[], keys: readonly string[]): boolean {
  return names.length === keys.length && names.every((name) => keys.includes(name));
}
