import type { FunctionManifest } from '../manifest.ts';
import { TEMPLATES } from './templates.ts';

/** What the manifest of every function here says of the search cluster. */
export const SEARCH_ENVIRONMENT = {
  OPENSEARCH_ENDPOINT: `\${search:endpoint}`,
} as const satisfies FunctionManifest['environment'];

/** Documents are written by one operation, and before the first one templates are put: those of the own prefix alone. */
export const SEARCH_PERMISSIONS = [
  { action: 'es:ESHttpPost', on: { search: ['_bulk'] } },
  {
    action: 'es:ESHttpPut',
    on: { search: TEMPLATES.map(({ name }) => `_index_template/\${prefix}${name}`) },
  },
] as const satisfies FunctionManifest['permissions'];
