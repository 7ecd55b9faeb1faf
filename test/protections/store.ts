import type { Protection } from './protection.ts';

/** What keeps summaries from being lost on their way into the table, and refused records on theirs into quarantine. */
export const STORE_PROTECTIONS: readonly Protection[] = [
  {
    name: 'an item that can never be written is refused, instead of coming again for ever',
    file: 'processor/table-writer.ts',
    text: 'const fault = attributeFault(item);',
    without: 'const fault = attributeFault({});',
    test: { file: 'processor/table-writer.test.ts', name: 'is refused before it is sent' },
  },
  {
    name: 'of several items under one key, one that is refused keeps no other from being written',
    file: 'processor/table-writer.ts',
    text: '          if (same.places.length > 0) next.push(same);\n',
    without: '          for (const place of same.places) verdicts[place] = verdict;\n',
    test: { file: 'processor/table-writer.test.ts', name: 'one that is refused stands for no other' },
  },
  {
    name: 'what is left unprocessed under a key that nobody sent counts as all of the request',
    file: 'processor/table-writer.ts',
    text: "    if (left.length < unprocessed.size) throw new Error('an item came back that was not sent');\n",
    without: '',
    test: { file: 'processor/table-writer.test.ts', name: 'counts as all of the request' },
  },
  {
    name: 'items that come back with numbers beyond those of JavaScript can be told',
    file: 'processor/table-writer.ts',
    text: 'wrapNumbers: true',
    without: 'wrapNumbers: false',
    test: { file: 'processor/table-writer.test.ts', name: 'numbers that are none of JavaScript' },
  },
  {
    name: 'a request that is too large on the way is taken apart',
    file: 'processor/table-writer.ts',
    text: '  if ($metadata?.httpStatusCode === 413) return true;\n',
    without: '',
    test: { file: 'processor/table-writer.test.ts', name: 'are taken apart when they are too large' },
  },
  {
    name: 'a refused record counts as dealt with only once the bucket took it',
    file: 'processor/quarantine/to-bucket.ts',
    text: '        await insist(effort, (abortSignal) => client.send(command, { abortSignal }));\n',
    without:
      '        void insist(effort, (abortSignal) => client.send(command, { abortSignal })).catch(() => {});\n',
    test: { file: 'processor/quarantine/to-bucket.test.ts', name: 'acknowledges only what the bucket took' },
  },
  {
    name: 'no name of a stream or function leads to the quarantine of another',
    file: 'processor/quarantine/to-bucket.ts',
    text: '.map(keySegment)',
    without: '',
    test: {
      file: 'processor/quarantine/to-bucket.test.ts',
      name: 'has the same segments whatever the names are',
    },
  },
];
