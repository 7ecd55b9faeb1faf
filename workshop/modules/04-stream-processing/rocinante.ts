import { paginateQuery } from '@aws-sdk/client-dynamodb';
import type { StoredSummary } from '../../../telemetry/summary.ts';
import { decodeSummary } from '../../../telemetry/summary-codec.ts';
import { mappingsOf } from '../../check/functions.ts';
import { activeStream, recordsSince } from '../../check/streams.ts';
import { until } from '../../check/wait.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { byKey, difference, type Item, keyOf } from './probe.ts';
import { summaryTable } from './table.ts';

const NAME = 'Rocinante';

/** Seconds from a summary in the stream to its item: a mapping on AWS looks once a second, and a new one takes longer. */
const PATIENCE = { local: 5, elsewhere: 90 } as const;

function patienceAt({ target }: Workbench): number {
  return target.kind === 'local' ? PATIENCE.local : PATIENCE.elsewhere;
}

/** Each minute of Rocinante that is in the stream is in the table, as it is in the stream. */
export async function checkRocinante(at: Workbench): Promise<Passed> {
  const { summaries: stream, table, processor } = at.names;
  await summaryTable(at);
  const { StreamARN } = await activeStream(at, stream);
  const looked = `the minutes of ${NAME} in ${stream} and in ${table}`;
  const wanted = await minutesIn(at, stream);
  if (wanted.size === 0) {
    throw notYet({
      looked,
      found: `none in ${stream}`,
      expected: 'a summary a minute, while the producer and the application run',
      next: `./producer --name ${NAME}, and some two minutes of patience`,
    });
  }
  let items = new Map<string, Item>();
  const missing = () => [...wanted.values()].filter((summary) => !items.has(keyOf(summary)));
  await until(at, `for the minutes of ${NAME} in the table`, patienceAt(at), async () => {
    items = byKey(await itemsOf(at));
    return missing().length === 0 ? true : undefined;
  });
  const [first] = missing();
  if (first !== undefined) {
    const [mapping] = await mappingsOf(at, processor, StreamARN);
    const many = missing().length;
    if (many === wanted.size) {
      throw notYet({
        looked,
        found: `none of ${many} is in the table; the mapping says: ${mapping?.LastProcessingResult ?? 'there is none'}`,
        expected: 'an item for each',
        next: `aws logs tail /aws/lambda/${processor}, or with version 1: aws logs filter-log-events --log-group-name /aws/lambda/${processor}`,
      });
    }
    throw wrong({
      looked,
      found: `${many} of ${wanted.size} are not in the table; the first is ${first.StatusTime}`,
      expected: 'an item for each',
      next: `Have the stream read once more: aws lambda delete-event-source-mapping --uuid ${mapping?.UUID}, and when it is gone, ./wildrydes workshop check 4.mapping says how to create it`,
    });
  }
  for (const [key, summary] of wanted) {
    const found = difference(summary, items.get(key)!);
    if (found === undefined) continue;
    throw wrong({
      looked,
      found: `of the item of ${summary.StatusTime}: ${found}`,
      expected: 'each attribute as it is in the summary, of two summaries of a minute the later one',
      next: './wildrydes workshop check 4.function',
    });
  }
  return passed(
    looked,
    `${wanted.size} ${wanted.size === 1 ? 'minute' : 'minutes'}, all of them as they should be`,
  );
}

/** By key, of those with the same key the last one. */
async function minutesIn(at: Workbench, stream: string): Promise<Map<string, StoredSummary>> {
  const minutes = new Map<string, StoredSummary>();
  for (const { data } of await recordsSince(at, stream, undefined)) {
    const decoded = decodeSummary(data);
    if (decoded.ok && decoded.summary.Name === NAME) minutes.set(keyOf(decoded.summary), decoded.summary);
  }
  return minutes;
}

async function itemsOf(at: Workbench): Promise<Item[]> {
  const items: Item[] = [];
  const pages = paginateQuery(
    { client: at.dynamodb },
    {
      TableName: at.names.table,
      ConsistentRead: true,
      KeyConditionExpression: '#name = :name',
      ExpressionAttributeNames: { '#name': 'Name' },
      ExpressionAttributeValues: { ':name': { S: NAME } },
    },
  );
  for await (const page of pages) items.push(...(page.Items ?? []));
  return items;
}
