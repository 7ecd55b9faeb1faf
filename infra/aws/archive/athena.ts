import { Fn } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BUCKETS } from '../../../telemetry/topology.ts';
import { athenaNames, MOST_SCANNED, RESULTS_PREFIX } from '../../archive/athena-names.ts';
import { linesDefinition, linesTable, standingQuery } from '../../archive/athena-tables.ts';
import {
  type Parameters,
  parametersOf,
  preparedSql,
  SAVED_QUERIES,
  type SavedQuery,
} from '../../archive/saved-queries.ts';
import type { KitStack } from '../kit-stack.ts';

/**
 * SQL over the archive: the table that `./wildrydes query --archive --aws` would make, where it looks for it; a workgroup
 * with a limit; and the kit's questions, to be found in Athena's console.
 *
 * @param days that readings are kept
 */
export function athenaFor(stack: KitStack, bucket: Bucket, days: number): void {
  const { database: name, workGroup } = athenaNames(stack.settings.prefix);
  const table = tableName(stack);
  const database = databaseOf(stack, name);
  tableOf(stack, table, name).addResourceDependency(database);
  const group = workGroupOf(stack, workGroup, bucket);
  for (const [saved, query] of Object.entries(SAVED_QUERIES)) {
    const named = new CfnNamedQuery(stack, `Query-${saved}`, {
      name: stack.names.of(`wildrydes-${saved}`),
      description: describe(query),
      database: name,
      workGroup,
      queryString: standingQuery(preparedSql(query), `${name}.${table}`, days),
    });
    named.addResourceDependency(group);
  }
}

/** `linesTable` of the bucket, whose account and region are not known before it is deployed. */
function tableName(stack: KitStack): string {
  const region = Fn.join('_', Fn.split('-', stack.region));
  return `${linesTable(stack.names.of(BUCKETS.archive))}_${stack.account}_${region}`;
}

function databaseOf(stack: KitStack, name: string): CfnDatabase {
  return new CfnDatabase(stack, 'Database', {
    catalogId: stack.account,
    databaseInput: { name, description: 'Wild Rydes: the archive of readings' },
  });
}

/** Source of the formats, which are those of text in lines: https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html */
function tableOf(stack: KitStack, name: string, databaseName: string): CfnTable {
  const bucket = stack.names.bucket(stack, BUCKETS.archive);
  const { columns, partitions, location, serde, serdeParameters, properties } = linesDefinition(bucket);
  return new CfnTable(stack, 'Lines', {
    catalogId: stack.account,
    databaseName,
    tableInput: {
      name,
      description: 'Each line of the archive, as text; readings are a query of it',
      tableType: 'EXTERNAL_TABLE',
      parameters: { EXTERNAL: 'TRUE', ...properties },
      partitionKeys: partitions.map((column) => ({ name: column, type: 'int' })),
      storageDescriptor: {
        columns: columns.map((column) => ({ name: column, type: 'string' })),
        location,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: { serializationLibrary: serde, parameters: serdeParameters },
      },
    },
  });
}

/** Goes with its history, and with queries that others have saved in it. */
function workGroupOf(stack: KitStack, name: string, bucket: Bucket): CfnWorkGroup {
  const group = new CfnWorkGroup(stack, 'WorkGroup', {
    name,
    description: 'Wild Rydes: queries of the archive of readings',
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      // Whoever asks in this workgroup cannot have another limit, nor answers that lie unencrypted or elsewhere.
      enforceWorkGroupConfiguration: true,
      bytesScannedCutoffPerQuery: MOST_SCANNED,
      publishCloudWatchMetricsEnabled: true,
      resultConfiguration: {
        outputLocation: `s3://${stack.names.bucket(stack, BUCKETS.archive)}/${RESULTS_PREFIX}`,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
      },
    },
  });
  group.node.addDependency(bucket);
  return group;
}

/** What goes in place of a `?`: Athena's console asks for it, and takes it as SQL has it. */
const VALUES: Readonly<Record<keyof Parameters, string>> = {
  name: "a unicorn's name, 'Rocinante'",
  since: "a time in UTC, '2026-05-01 09:00:00'",
};

function describe(query: SavedQuery & { readonly describe: string }): string {
  const values = parametersOf(query).map((parameter) => VALUES[parameter]);
  return [query.describe, ...values.map((value) => `the ? is ${value}, in its quotes`)].join('; ');
}
