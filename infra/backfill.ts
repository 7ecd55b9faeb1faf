import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type BackfillProgress, backfillTable, type ScanPosition } from '../processor/search/backfill.ts';
import { createDocumentWriter } from '../processor/search/bulk.ts';
import { createSearchClient } from '../processor/search/client.ts';
import { redacted, searchSettings } from '../processor/search/settings.ts';
import type { Item } from '../processor/search/table/attribute-value.ts';
import { keyNamesOf } from '../processor/search/table/key-schema.ts';
import { templateOptions, withTemplates } from '../processor/search/templates.ts';
import { clientConfig, type Target } from './target.ts';

export interface BackfillRequest {
  readonly table: string;
  /** URL of the search cluster. */
  readonly searchEndpoint: string;
  readonly segments?: number | undefined;
  readonly positions?: readonly (ScanPosition | undefined)[] | undefined;
  readonly onProgress: (progress: BackfillProgress) => void;
  readonly onRefused: (id: string, reason: string) => void;
  readonly signal: AbortSignal;
}

export { type BackfillProgress, BackfillStopped } from '../processor/search/backfill.ts';
export type { ScanPosition };

/** Items of a page: what one request to the cluster takes. */
const PAGE = 500;

/** Longest that a page is tried, ms. */
const PATIENCE = 60_000;

/** A cluster's URL as it may be shown. */
export const shownSearchEndpoint = redacted;

/**
 * Puts what is in a table at the target into its search index, as the table's indexer does with what changes.
 *
 * @param env names the rest of how to reach the cluster, as for the functions
 * @throws WildRydesError USAGE for an endpoint that is no URL; the SDK's errors when the table is missing or nothing
 *   answers at the target; BackfillStopped for what happens later
 */
export async function backfill(
  target: Target,
  request: BackfillRequest,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BackfillProgress> {
  const { table, searchEndpoint, segments, positions, onProgress, onRefused, signal } = request;
  const dynamodb = new DynamoDBClient({
    ...clientConfig(target),
    ...(target.kind === 'aws' ? {} : { maxAttempts: 1 }),
  });
  const region = target.region ?? env.AWS_REGION;
  const settings = searchSettings({
    ...env,
    OPENSEARCH_ENDPOINT: searchEndpoint,
    ...(region === undefined ? {} : { AWS_REGION: region }),
  });
  const client = createSearchClient(settings, dynamodb.config.credentials);
  try {
    // Asked once, without further attempts: that nothing answers, or no such table is there, is to be told at once.
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
    const keyNames = keyNamesOf(Table);
    const writer = createDocumentWriter({ client, refresh: settings.refresh });
    return await backfillTable({
      table,
      keyNames,
      scan: async ({ segment, segments: TotalSegments, after }, abortSignal) => {
        const command = new ScanCommand({
          TableName: table,
          Limit: PAGE,
          ConsistentRead: true, // what was written last has no change to come yet
          ...(TotalSegments > 1 ? { Segment: segment, TotalSegments } : {}),
          ...(after === undefined ? {} : { ExclusiveStartKey: after as NonNullable<ScanStart> }),
        });
        const { Items = [], LastEvaluatedKey } = await dynamodb.send(command, { abortSignal });
        return { items: Items as Item[], next: LastEvaluatedKey as Item | undefined };
      },
      write: withTemplates(client, writer, templateOptions(env)),
      effort: () => effortFor(PATIENCE),
      ...(segments === undefined ? {} : { segments }),
      ...(positions === undefined ? {} : { positions }),
      onProgress,
      onRefused,
      signal,
    });
  } finally {
    dynamodb.destroy();
    await client.close();
  }
}

type ScanStart = ConstructorParameters<typeof ScanCommand>[0]['ExclusiveStartKey'];

function effortFor(milliseconds: number) {
  const end = performance.now() + milliseconds;
  return {
    remaining: () => end - performance.now(),
    random: Math.random,
    sleep: (pause: number) => sleep(pause),
    abortAfter: (limit: number) => AbortSignal.timeout(Math.ceil(limit)),
  };
}
