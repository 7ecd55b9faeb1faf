import { createDocumentWriter, type WriteDocuments } from './bulk.ts';
import { type CredentialProvider, createSearchClient, type SearchClient } from './client.ts';
import { searchSettings } from './settings.ts';
import { templateOptions, withTemplates } from './templates.ts';

/** A search cluster, as a function uses it. */
export interface Search {
  readonly client: SearchClient;
  readonly write: WriteDocuments;
  /** Whether what was done is to be seen by searches at once. */
  readonly refresh: boolean;
}

/**
 * The search cluster that a function's environment names.
 *
 * @param makeAwsClient an SDK client, whose chain of credential providers requests are signed by; made only if they are
 * @throws WildRydesError USAGE when a variable is missing or none of what it may be
 */
export function searchFrom(
  variables: Readonly<Record<string, string | undefined>>,
  makeAwsClient: () => { readonly config: { readonly credentials: CredentialProvider } },
): Search {
  const settings = searchSettings(variables);
  const credentials = settings.signing === 'none' ? unsigned : makeAwsClient().config.credentials;
  const client = createSearchClient(settings, credentials);
  return {
    client,
    refresh: settings.refresh !== 'false',
    write: withTemplates(
      client,
      createDocumentWriter({ client, refresh: settings.refresh }),
      templateOptions(variables),
    ),
  };
}

async function unsigned(): Promise<never> {
  throw new Error('requests to this endpoint are not signed');
}
