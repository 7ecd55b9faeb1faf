import { setTimeout } from 'node:timers/promises';
import type { Effort } from '../../processor/resend.ts';
import { createSearchClient } from '../../processor/search/client.ts';
import { redacted, searchSettings } from '../../processor/search/settings.ts';
import { putTemplates } from '../../processor/search/templates.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { LOCAL_CREDENTIALS } from '../target.ts';

/** Milliseconds for all of it, attempts included. */
const PATIENCE = 20_000;

/**
 * Has a search cluster know how the kit's indices are laid out, before anything is in them. The functions see to it too,
 * each before its first document; but whoever starts a cloud is to be told at once when they could not.
 *
 * @param endpoint its URL, with user and password if it has them
 * @throws WildRydesError UNREACHABLE when it does not take the templates
 */
export async function prepareSearch(endpoint: string): Promise<void> {
  const settings = searchSettings({ OPENSEARCH_ENDPOINT: endpoint, AWS_REGION: LOCAL.region });
  const client = createSearchClient(settings, async () => LOCAL_CREDENTIALS);
  try {
    await putTemplates(client, effort());
  } catch (error) {
    throw new WildRydesError(
      'UNREACHABLE',
      `the search cluster at ${redacted(endpoint)} does not take index templates: ${(error as Error).message}`,
      {
        next: 'It must be OpenSearch and let the kit write: name a user in the URL if it asks for one.',
        cause: error,
      },
    );
  } finally {
    await client.close();
  }
}

function effort(): Effort {
  const end = performance.now() + PATIENCE;
  return {
    remaining: () => end - performance.now(),
    random: Math.random,
    sleep: (milliseconds) => setTimeout(milliseconds),
    abortAfter: (milliseconds) => AbortSignal.timeout(Math.ceil(milliseconds)),
  };
}
