import { ensureStream, removeStream } from '../../install/streams.ts';
import type { Module } from '../../module.ts';
import { checkHerd, checkProducer } from './readings.ts';
import { checkRush, checkShards, checkTidy } from './rush.ts';
import { checkStream } from './stream.ts';

export const streamingData: Module = {
  number: 1,
  folder: '01-streaming-data',
  title: 'Streaming data',
  minutes: 25,
  steps: [
    {
      name: 'stream',
      goal: 'Create the stream wildrydes',
      why: 'Sensors need a place to send to that takes whatever comes, keeps it in order, and lets many readers read it again.',
      hints: [
        'A stream needs a name and a number of shards. One shard takes 1,000 records a second.',
        'The AWS CLI has a command for each operation: aws kinesis help',
        'aws kinesis create-stream --stream-name ${PREFIX}wildrydes --shard-count 1',
      ],
      check: checkStream,
    },
    {
      name: 'producer',
      goal: 'Send the readings of Rocinante',
      why: 'From now on something happens every second: all that you build later works on these readings.',
      hints: [
        'The producer is in the root of the project, and wants to know whose sensor it is.',
        'Run it in a second shell (./wildrydes shell), where it can go on while you work in the first.',
        './producer --name Rocinante',
      ],
      check: checkProducer,
    },
    {
      name: 'herd',
      goal: 'Send the readings of two more unicorns',
      why: 'A stream has many producers, who know nothing of each other. The partition key, here the name, keeps what belongs together in order.',
      hints: [
        '--name can be given more than once.',
        'Any names but Rocinante will do, and they need not stay on the road for long.',
        './producer --name Bucephalus --name Shadowfax --duration 20s',
      ],
      check: checkHerd,
    },
    {
      name: 'rush',
      goal: 'See what happens when a shard is too small',
      why: 'A shard takes 1,000 records a second, and refuses the rest: whoever sends must notice, and send again.',
      hints: [
        'Make a stream of its own for it, wildrydes-rush, with one shard, and send more than 1,000 readings a second.',
        '--fleet makes unicorns by the thousand, and --stream says where they send to.',
        './producer --stream ${PREFIX}wildrydes-rush --fleet 1500 --duration 10s',
      ],
      check: checkRush,
      fleeting: true,
    },
    {
      name: 'shards',
      goal: 'Give the stream a second shard',
      why: 'Shards are how a stream grows: each takes a part of the partition keys, and the parts are read in parallel.',
      hints: [
        'The number of shards can be changed while the stream is in use.',
        'aws kinesis update-shard-count, and then the same fleet once more.',
        'aws kinesis update-shard-count --stream-name ${PREFIX}wildrydes-rush --target-shard-count 2 --scaling-type UNIFORM_SCALING',
      ],
      check: checkShards,
      fleeting: true,
    },
    {
      name: 'tidy',
      goal: 'Delete the stream wildrydes-rush',
      why: 'A stream costs as long as it is there, whether or not anything goes through it.',
      hints: [
        'The stream wildrydes stays: the next modules work with it.',
        'aws kinesis help lists what deletes.',
        'aws kinesis delete-stream --stream-name ${PREFIX}wildrydes-rush',
      ],
      check: checkTidy,
      after: ['rush', 'shards'],
    },
  ],
  install: (at) => ensureStream(at, at.names.readings),
  remove: async (at) => {
    await removeStream(at, at.names.rush);
    await removeStream(at, at.names.readings);
  },
};
