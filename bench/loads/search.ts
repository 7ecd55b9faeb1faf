import { effortOf } from '../../processor/effort.ts';
import { createDocumentWriter } from '../../processor/search/bulk.ts';
import { createSearchClient, type SearchClient } from '../../processor/search/client.ts';
import { prepare } from '../harness/prepared.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Indexing {
  readonly endpoint: string;
  readonly documents: number;
  /** As the functions do it; else each in a request of its own. */
  readonly inBulk: boolean;
}

const INDEX = 'readings';

/** Records that a function is handed at a time. */
const BATCH = 500;

const SOURCES = prepare({ keys: 100, bytes: 160 })
  .flat()
  .map(({ Data }) => Buffer.from(Data).toString('utf8').trim());

/** Ids are never used twice: what is there already costs more. */
let next = 0;

/** Documents a second, each of them answered for. */
async function index({ endpoint, documents, inBulk }: Indexing): Promise<number> {
  const client = createSearchClient({ endpoint, signing: 'none', region: undefined }, unsigned);
  const began = performance.now();
  await (inBulk ? bulk(client, documents) : alone(client, documents));
  const seconds = (performance.now() - began) / 1_000;
  await client.close();
  return documents / seconds;
}

async function alone(client: SearchClient, documents: number): Promise<void> {
  const abortSignal = AbortSignal.timeout(60_000);
  for (let i = 0; i < documents; i++) {
    const id = next++;
    const path = `/${INDEX}/_doc/${id}`;
    await client.send({ method: 'PUT', path, body: { json: source(id) } }, { abortSignal });
  }
}

/** As the functions do it, a batch of records at a time. */
async function bulk(client: SearchClient, documents: number): Promise<void> {
  const write = createDocumentWriter({ client, refresh: 'false' });
  const effort = effortOf({ getRemainingTimeInMillis: () => 60_000 }, 0.9);
  for (let done = 0; done < documents; done += BATCH) {
    const operations = Array.from({ length: Math.min(BATCH, documents - done) }, () => {
      const id = next++;
      return { index: INDEX, id: String(id), version: 1n, document: source(id) };
    });
    const verdicts = await write(operations, effort);
    if (verdicts.some(({ outcome }) => outcome !== 'handled'))
      throw new Error('not every document was indexed');
  }
}

async function unsigned(): Promise<never> {
  throw new Error('nobody signs here');
}

function source(id: number): string {
  return SOURCES[id % SOURCES.length]!;
}

answerTasks({ index });
