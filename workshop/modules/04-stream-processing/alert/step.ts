import type { Step } from '../../../module.ts';
import { checkAlert } from './check.ts';

/** Module 4's extra credit. */
export const alertStep: Step = {
  name: 'extra',
  goal: 'Alert operations when a unicorn runs low on magic',
  why: 'A table is for whoever looks. Operations must be told, once for each episode: who is woken for every reading soon sleeps through all of them.',
  hints: [
    'An episode opens with the first value below 50 and ends at 55 or more. Whether it is open must outlive the function: keep it in a table, by Name.',
    'For each record in turn: read the state of its unicorn, pass over what is not newer than the last change, publish when an episode opens, and only then write the state.',
    'GetItem { Name } from ${PREFIX}UnicornAlerts; if it is not low and points < 50: Publish to TOPIC_ARN, then PutItem { Name, Low: true, StatusTime } on the condition that no newer StatusTime is there; if it is low and points >= 55: the same with Low: false, and nothing to publish.',
  ],
  check: checkAlert,
  extra: true,
  files: ['alert.ts', 'alert.mjs'],
};
