import { afterAll, beforeEach } from 'vitest';
import { createSearchClient } from '../client.ts';
import { type SearchDouble, startSearchDouble } from './double.ts';

/** A double of the cluster for a file of tests, empty before each of them, and a client of it. Both are gone at the end. */
export async function connectedDouble(): Promise<{
  readonly search: SearchDouble;
  readonly client: ReturnType<typeof createSearchClient>;
}> {
  const search = await startSearchDouble();
  const settings = { endpoint: search.endpoint, signing: 'none', region: undefined } as const;
  const client = createSearchClient(settings, () => Promise.reject(new Error('not signed')));
  beforeEach(() => {
    search.store.indices.clear();
    search.store.templates.clear();
    search.requests.length = 0;
    search.faults.length = 0;
  });
  afterAll(async () => {
    await client.close();
    await search.close();
  });
  return { search, client };
}
