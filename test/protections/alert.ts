import type { Protection } from './protection.ts';

const OUTBOX = 'processor/alert/outbox.ts';
const OUTBOX_TEST = 'processor/alert/outbox.test.ts';

/** What keeps alerts from being lost, told out of order, or standing in the way of readings. */
export const ALERT_PROTECTIONS: readonly Protection[] = [
  {
    name: 'of two vitals low at once, each has an episode of its own',
    file: 'telemetry/alert.ts',
    text: "health: '/health'",
    without: "health: ''",
    test: { file: 'processor/alert/episode.test.ts', name: 'of health is another than that of magic' },
  },
  {
    name: 'what still lasts is told by event time, however it is delivered',
    file: 'processor/alert/episode.ts',
    text: 'instant - known.instant >= stillFiringAfter',
    without: 'Date.now() - known.instant >= stillFiringAfter',
    test: {
      file: 'processor/alert/episode.test.ts',
      name: 'is told again each time that it has lasted so long',
    },
  },
  {
    name: 'a batch with more messages than there is room for waits for room, instead of making it',
    file: 'processor/alert/episode.ts',
    text: '    if (at !== -1 && pending.length > MOST_PENDING) break;\n',
    without: '',
    test: { file: 'processor/alert/redelivery.test.ts', name: 'is all of it, however many episodes' },
  },
  {
    name: 'what is pending of a unicorn makes room before it is more than an item holds',
    file: 'processor/alert/pending.ts',
    text: 'while (left.length > MOST_PENDING)',
    without: 'while (left.length > 100 * MOST_PENDING)',
    test: { file: OUTBOX_TEST, name: 'as little as possible makes room' },
  },
  {
    name: 'a message that may be on its way makes no room',
    file: 'processor/alert/pending.ts',
    text: 'for (let at = 1; at < alerts.length; at++)',
    without: 'for (let at = 0; at < alerts.length; at++)',
    test: { file: 'processor/alert/pending.test.ts', name: 'is made by the oldest episode that is over' },
  },
  {
    name: 'a message that could not be published comes before those that follow it',
    file: OUTBOX,
    text: '          const message = state.pending[0]!;\n',
    without: '          const message = state.pending.at(-1)!;\n',
    test: { file: OUTBOX_TEST, name: 'no record fails, and everything is told in order once it is back' },
  },
  {
    name: 'a topic that is down is asked once in a while, and costs a fifth of the time at most',
    file: OUTBOX,
    text: 'Math.max(PACE.retryEvery, PACE.rest * (allowance - share.remaining()))',
    without: '0',
    test: { file: OUTBOX_TEST, name: 'for a fifth of the time at most' },
  },
  {
    name: 'a topic that does not answer takes none of the time that the table needs',
    file: OUTBOX,
    text: 'Math.min(PACE.most, effort.remaining() * PACE.share)',
    without: 'effort.remaining()',
    test: { file: OUTBOX_TEST, name: 'no record fails, and everything is told in order once it is back' },
  },
  {
    name: 'a message that is refused for what it is keeps those of others going',
    file: OUTBOX,
    text: 'isTransient(error) || ++refused >= MOST_REFUSED',
    without: 'refused === 0',
    test: { file: OUTBOX_TEST, name: 'keeps back those of its own unicorn, and no others' },
  },
  {
    name: 'what an environment left pending that is no more is looked for',
    file: OUTBOX,
    text: '          for (const name of names) wait(name);\n',
    without: '',
    test: { file: OUTBOX_TEST, name: 'is found by the next one' },
  },
  {
    name: 'what an environment left pending is looked for again after a while',
    file: OUTBOX,
    text: 'lookedUpTo === undefined ? PACE.lookEvery : PACE.retryEvery',
    without: 'Number.POSITIVE_INFINITY',
    test: { file: OUTBOX_TEST, name: 'is found by one that lives, too' },
  },
  {
    name: 'what is found pending is left for a while to who may be publishing it',
    file: OUTBOX,
    text: '      if (waiting.size > before) nextTry = Math.max(nextTry, now() + PACE.retryEvery);\n',
    without: '      if (waiting.size > before) await tryAgain([...waiting]);\n',
    test: { file: OUTBOX_TEST, name: 'is found by the next one' },
  },
  {
    name: 'unicorns too many to keep in mind are looked for again',
    file: OUTBOX,
    text: '        nextLook = now();\n',
    without: '',
    test: { file: OUTBOX_TEST, name: 'are all told of, the others when they are found' },
  },
  {
    name: 'looking for what others left is begun again when it fails',
    file: OUTBOX,
    text: '        nextLook = now() + PACE.lookAgain;\n',
    without: '        nextLook = Number.POSITIVE_INFINITY;\n',
    test: { file: OUTBOX_TEST, name: 'is looked for again when looking fails' },
  },
  {
    name: 'what waited is read again before it is published, for someone else may have been faster',
    file: OUTBOX,
    text: '      const { states, error } = await table.read(names, share);\n',
    without:
      '      const { states, error } = { states: new Map(names.map((name) => [name, memory.recall(name, 0)?.state])), error: undefined };\n',
    test: { file: OUTBOX_TEST, name: 'is not told again by who knew of it but was slower' },
  },
  {
    name: 'a message kept by an earlier version is published as it is',
    file: 'processor/alert/alert-table.ts',
    text: '(Pending?.L ?? []).flatMap(({ S }) => S ?? []) : [Pending.S]',
    without: '(Pending?.L ?? []).flatMap(({ S }) => S ?? []) : []',
    test: { file: 'processor/alert/logic.test.ts', name: 'of an earlier version, with its one message' },
  },
  {
    name: 'a name never keeps a message from having a subject',
    file: 'telemetry/alert-text.ts',
    text: "    .replace(/[^ -~]+/g, '?')\n",
    without: '',
    test: { file: 'telemetry/alert-text.test.ts', name: 'is what SNS takes, whatever the name' },
  },
];
