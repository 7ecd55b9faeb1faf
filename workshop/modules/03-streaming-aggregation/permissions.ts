import type { Workbench } from '../../workbench.ts';

/** Who assumes the role. Source: https://docs.aws.amazon.com/managed-flink/latest/java/how-iam.html */
export const SERVICE = 'kinesisanalytics.amazonaws.com';

/** What the application does with a stream: what it needs, and what is harmless beside that. */
export interface Use {
  readonly stream: string;
  readonly does: 'reads' | 'writes';
  readonly needed: readonly string[];
  readonly harmless: readonly string[];
}

const LOOKING = ['kinesis:DescribeStream', 'kinesis:DescribeStreamSummary', 'kinesis:ListShards'] as const;

/** What the job asks of Kinesis: aggregation/flink/README.md says it. */
export function usesOf({ names }: Pick<Workbench, 'names'>): readonly Use[] {
  const written = {
    does: 'writes',
    needed: ['kinesis:PutRecords'],
    harmless: ['kinesis:PutRecord', ...LOOKING],
  } as const;
  return [
    {
      stream: names.readings,
      does: 'reads',
      needed: [
        'kinesis:DescribeStreamSummary',
        'kinesis:ListShards',
        'kinesis:GetShardIterator',
        'kinesis:GetRecords',
      ],
      harmless: ['kinesis:SubscribeToShard', ...LOOKING],
    },
    { stream: names.summaries, ...written },
    { stream: names.quarantine, ...written },
  ];
}

/** Reads the application's code. */
export const READ_CODE = 's3:GetObject';

/** What a role of an application may hold besides: its code, its logs, its metrics. */
export const BESIDES: readonly RegExp[] = [
  /^s3:GetObject(Version)?$/i,
  /^logs:(Describe\w+|PutLogEvents)$/i,
  /^cloudwatch:PutMetricData$/i,
];
