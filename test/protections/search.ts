import type { Protection } from './protection.ts';

const SEARCH = 'processor/search';
const BULK = `${SEARCH}/bulk.ts`;
const BULK_TEST = `${SEARCH}/bulk.test.ts`;
const TABLE = `${SEARCH}/table`;
const LOGS = `${SEARCH}/logs`;

/** What keeps the search index what the table, the stream and the logs are. */
export const SEARCH_PROTECTIONS: readonly Protection[] = [
  {
    name: 'what comes again or late never stands in place of something newer in the index',
    file: BULK,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of source
    text: '"version":${version},"version_type":"external_gte"',
    without: '"version_type":"internal"',
    test: { file: BULK_TEST, name: 'puts, replaces and deletes, and leaves alone what is newer' },
  },
  {
    name: 'a document that the cluster takes none of for now is sent again',
    file: BULK,
    text: "  if (status === 429 || status >= 500) return 'again';\n",
    without: '',
    test: { file: BULK_TEST, name: 'sends again only what was refused for now' },
  },
  {
    name: 'of several operations on one document that of the highest version is sent',
    file: BULK,
    text: 'return difference === 0n ? a - b : difference < 0n ? -1 : 1;',
    without: 'return a - b;',
    test: { file: BULK_TEST, name: 'the highest version, and of equal ones the last' },
  },
  {
    name: 'an operation that the cluster refuses does not hide the one before it',
    file: BULK,
    text: "if (verdict.outcome === 'refused' && document.places.length > 1) {",
    without: 'if (document.places.length > 1e9) {',
    test: { file: BULK_TEST, name: 'falls back on the operation before one that the cluster refuses' },
  },
  {
    name: 'operations on one document come again together',
    file: BULK,
    text: "        if (verdict.outcome === 'failed') for (const place of document.places) verdicts[place] = verdict;\n",
    without: '',
    test: { file: BULK_TEST, name: 'fails all operations on a document together' },
  },
  {
    name: 'documents wait for a cluster that takes none, instead of going into quarantine',
    file: BULK,
    text: 'return status < 400 || status === 401 || status === 403 || status === 404 || status === 408;',
    without: 'return false;',
    test: { file: BULK_TEST, name: 'tells a document that is at fault from a cluster that takes none' },
  },
  {
    name: 'the version of what was removed is kept for longer than a change may come again',
    file: `${SEARCH}/templates.ts`,
    text: '          gc_deletes: DELETED_VERSIONS_KEPT,\n',
    without: '',
    test: { file: `${SEARCH}/stream/logic.test.ts`, name: 'puts the templates before the first document' },
  },
  {
    name: 'a table that took the place of another is asked for its keys',
    file: `${TABLE}/key-schema.ts`,
    text: 'if (remembered !== undefined && sameNames(remembered, keys)) return remembered;',
    without: 'if (remembered !== undefined) return remembered;',
    test: { file: `${TABLE}/logic.test.ts`, name: 'asks anew when another table took the place' },
  },
  {
    name: 'changes of a table that is gone do not block its stream',
    file: `${TABLE}/logic.ts`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece of source
    text: '    if (isGone(error)) return refused(`the table ${table} is gone`);\n',
    without: '',
    test: { file: `${TABLE}/logic.test.ts`, name: 'refuses changes of a table that is gone' },
  },
  {
    name: 'a number that is a key names one document however it is written',
    file: `${TABLE}/document-id.ts`,
    text: 'canonicalNumber(value.N)',
    without: 'value.N',
    test: { file: `${TABLE}/attribute-value.test.ts`, name: 'the same for a number however it is written' },
  },
  {
    name: 'a number that no double holds is not rounded',
    file: `${TABLE}/attribute-value.ts`,
    text: 'return fitsADouble(decimal) ?',
    without: 'return JSON_NUMBER.test(decimal) ?',
    test: { file: `${TABLE}/attribute-value.test.ts`, name: 'never changes a number' },
  },
  {
    name: 'lines of an object that was replaced while it was read do not stay in the index',
    file: `${LOGS}/logic.ts`,
    text: '(replaced ? 1n : 0n)',
    without: '0n',
    test: { file: `${LOGS}/logic.test.ts`, name: 'leaves nothing behind of an object that was replaced' },
  },
  {
    name: 'a backfill never stands in place of a change',
    file: `${SEARCH}/backfill.ts`,
    text: 'version: BACKFILL_VERSION,',
    without: 'version: 2n ** 62n,',
    test: { file: `${SEARCH}/backfill.test.ts`, name: 'never stands in place of a change' },
  },
  {
    name: 'a password in the endpoint is not told',
    file: `${SEARCH}/settings.ts`,
    text: 'redacted(endpoint)',
    without: 'endpoint',
    test: { file: `${SEARCH}/settings.test.ts`, name: 'never show a password' },
  },
  {
    name: 'changes that an earlier version wrote bear the numbers of today',
    file: 'infra/local/dynamodb/streams/table-stream.ts',
    text: 'const change = { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } };',
    without: 'const change = record;',
    test: {
      file: 'infra/local/dynamodb/streams/table-stream.test.ts',
      name: 'reads what an earlier version wrote',
    },
  },
];
