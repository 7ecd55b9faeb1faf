import type { Module } from '../../module.ts';
import { checkNothing } from './nothing.ts';

export const cleanUp: Module = {
  number: 9,
  folder: '09-clean-up',
  title: 'Clean up',
  minutes: 10,
  steps: [
    {
      name: 'nothing',
      goal: 'Delete all that you have made',
      why: 'On AWS, shards and the Flink application cost by the hour, used or not. A proof that nothing is left is worth more than a good memory.',
      hints: [
        'The check names each thing that is left, and the command that deletes it.',
        'Begin with what feeds something else: the mappings, then the functions, then the streams.',
        'All at once: ./wildrydes workshop reset',
      ],
      check: checkNothing,
    },
  ],
  install: async () => {},
  remove: async () => {},
};
