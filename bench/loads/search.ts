import { Client } from '@opensearch-project/opensearch';
import { prepare } from '../harness/prepared.ts';
import { answerTasks } from '../harness/tasks.ts';

export interface Indexing {
  readonly endpoint: string;
  readonly documents: number;
  /** Documents in one request; 1: a request of its own for each, none of them bulk. */
  readonly batch: number;
}

const INDEX = 'readings';

const SOURCES = prepare({ keys: 100, bytes: 160 })
  .flat()
  .map(({ Data }) => Buffer.from(Data).toString('utf8').trim());

/** Ids are never used twice: what is there already costs more. */
let next = 0;

/** Documents a second, each of them answered for. */
async function index({ endpoint, documents, batch }: Indexing): Promise<number> {
  const client = new Client({ node: endpoint });
  const began = performance.now();
  for (let done = 0; done < documents; done += batch) {
    await (batch === 1 ? one(client) : bulk(client, Math.min(batch, documents - done)));
  }
  const seconds = (performance.now() - began) / 1_000;
  await client.close();
  return documents / seconds;
}

/** Both send text that is ready, so that neither is faster for what its client does. */
async function one(client: Client): Promise<void> {
  const id = next++;
  await client.transport.request({ method: 'PUT', path: `/${INDEX}/_doc/${id}`, body: source(id) });
}

async function bulk(client: Client, documents: number): Promise<void> {
  let lines = '';
  for (let i = 0; i < documents; i++) {
    const id = next++;
    lines += `{"index":{"_id":"${id}"}}\n${source(id)}\n`;
  }
  const { body } = await client.transport.request({
    method: 'POST',
    path: `/${INDEX}/_bulk`,
    bulkBody: lines,
  });
  const { errors, items } = body as { errors: boolean; items: readonly unknown[] };
  if (errors || items.length !== documents) throw new Error('not every document was indexed');
}

function source(id: number): string {
  return SOURCES[id % SOURCES.length]!;
}

answerTasks({ index });
