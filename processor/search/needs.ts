import type { FunctionManifest } from '../manifest.ts';

/** What the manifest of every function here says of the search cluster. */
export const SEARCH_ENVIRONMENT = {
  OPENSEARCH_ENDPOINT: `\${search:endpoint}`,
} as const satisfies FunctionManifest['environment'];

/** _bulk is a POST; templates are a PUT. Nothing is read, and no index deleted. */
export const SEARCH_PERMISSIONS = [
  { action: 'es:ESHttpPost', on: { search: true } },
  { action: 'es:ESHttpPut', on: { search: true } },
] as const satisfies FunctionManifest['permissions'];
