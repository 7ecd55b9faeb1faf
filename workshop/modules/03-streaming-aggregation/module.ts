import type { Module } from '../../module.ts';
import { checkApplication, checkRunning } from './application.ts';
import { checkDuplicates, checkLate, faultyRide } from './experiments.ts';
import { install, remove } from './install.ts';
import { checkQuarantine } from './quarantine.ts';
import { checkRole } from './role.ts';
import { checkStreams } from './streams.ts';
import { checkSummaries } from './summaries.ts';

const RIDE = faultyRide('${PREFIX}wildrydes');

export const streamingAggregation: Module = {
  number: 3,
  folder: '03-streaming-aggregation',
  title: 'Streaming aggregation',
  minutes: 40,
  steps: [
    {
      name: 'streams',
      goal: 'Create wildrydes-aggregated and wildrydes-quarantine',
      why: 'Summaries go to a stream of their own, since several want to read them. So does what cannot be summarised: it is kept, and blocks nothing.',
      hints: [
        'You have made a stream before: these two are like wildrydes.',
        'One shard each is plenty: a unicorn has one summary a minute.',
        'aws kinesis create-stream --stream-name ${PREFIX}wildrydes-aggregated --shard-count 1, and the same for ${PREFIX}wildrydes-quarantine',
      ],
      check: checkStreams,
    },
    {
      name: 'role',
      goal: 'Create the role wildrydes-aggregation-role',
      why: 'The service runs your application with the rights of a role. It reads one stream and writes to two: a mistake in it can do no more than the role may.',
      hints: [
        'A role has two sides: who may assume it, and what it may do then.',
        'kinesisanalytics.amazonaws.com assumes it. It needs DescribeStreamSummary, ListShards, GetShardIterator and GetRecords on one stream, PutRecords on two, and s3:GetObject on its code.',
        'aws iam create-role with a trust policy for kinesisanalytics.amazonaws.com, then aws iam put-role-policy with a statement for each of: the code, the stream that is read, the streams that are written to. Each names its Resource in full.',
      ],
      check: checkRole,
    },
    {
      name: 'application',
      goal: 'Create the application wildrydes-aggregation',
      why: 'An application is code, a runtime, a role, and properties that tell the code its streams. The same code serves everybody; the properties are yours.',
      hints: [
        'aws kinesisanalyticsv2 create-application makes it. What it is to be fits best into a file.',
        'The runtime is FLINK-2_2. The streams are named by stream.name in the property groups InputStream0, OutputStream0 and QuarantineStream0.',
        'aws kinesisanalyticsv2 create-application --application-name ${PREFIX}wildrydes-aggregation --runtime-environment FLINK-2_2 --service-execution-role "$ROLE" --application-configuration file://my-rydes/03-streaming-aggregation/application.json',
      ],
      check: checkApplication,
    },
    {
      name: 'running',
      goal: 'Start the application',
      why: 'A new application is READY, and costs nothing. From its start on it costs by the hour, and every reading counts.',
      hints: [
        'It does not start by itself.',
        'aws kinesisanalyticsv2 start-application starts it and returns at once; ./wildrydes aggregation start waits and shows the states.',
        './wildrydes aggregation start --application ${PREFIX}wildrydes-aggregation',
      ],
      check: checkRunning,
    },
    {
      name: 'summaries',
      goal: 'Read a summary of Rocinante that agrees with its readings',
      why: 'A figure that nobody has checked is a guess. The check reads both streams, and works the minute out anew.',
      hints: [
        'A minute has a summary when it is over, and not before.',
        'Rocinante must be on the road for a whole minute, and 5 seconds of the next.',
        './producer --name Rocinante --stream ${PREFIX}wildrydes in the second shell, then ./consumer --stream ${PREFIX}wildrydes-aggregated --from start --count 1',
      ],
      check: checkSummaries,
      // Module 4 puts records into the stream that no aggregation made.
      fleeting: true,
    },
    {
      name: 'duplicates',
      goal: 'Have readings come twice, and see them counted once',
      why: 'A producer that gets no answer sends again, and cannot know whether the first one arrived. So every stream has duplicates, sooner or later.',
      hints: [
        './producer --help tells of faults, and one of them sends readings twice.',
        'Send as Bucephalus, so that Rocinante stays as it is, for a bit more than a minute.',
        RIDE,
      ],
      check: checkDuplicates,
      fleeting: true,
    },
    {
      name: 'late',
      goal: 'Have readings come too late, and find out which',
      why: 'Somebody who waits for every last reading never has a summary. The watermark says how long is waited, and what comes after is left out, and counted.',
      hints: [
        'The fault late sends a reading 10 to 30 seconds after it was measured. Only some of those are too late for their minute.',
        'Those that were measured near the end of a minute are. They come when a reading has come already that is 5 seconds past it.',
        RIDE,
      ],
      check: checkLate,
      fleeting: true,
    },
    {
      name: 'quarantine',
      goal: 'Find a broken record by its entry in quarantine',
      why: 'What is no reading cannot be summarised, and must not stop what can be. Where it stood and why it was refused is kept, so that somebody can mend the sensor.',
      hints: [
        'The fault malformed sends records that are no readings.',
        './consumer --stream ${PREFIX}wildrydes-quarantine --from start shows why each was refused.',
        RIDE,
      ],
      check: checkQuarantine,
      fleeting: true,
    },
  ],
  install,
  remove,
};
