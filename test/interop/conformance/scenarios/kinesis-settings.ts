import { answers, from, refuses, type Scenario } from '../scenario.ts';

const STREAM = { StreamName: 'settings' };
const ARN = from('summary.StreamDescriptionSummary.StreamARN');
const LARGEST = 10_240;

const made = [
  answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
  answers(
    'kinesis.DescribeStreamSummary',
    STREAM,
    { StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } },
    { as: 'summary', eventually: true },
  ),
];
const summary = (expected: object) =>
  answers(
    'kinesis.DescribeStreamSummary',
    STREAM,
    { StreamDescriptionSummary: { StreamStatus: 'ACTIVE', ...expected } },
    { eventually: true },
  );
const gone = answers('kinesis.DeleteStream', STREAM);

/** What a stream can be set to: retention, encryption, monitoring, sizes, tags. */
export const KINESIS_SETTINGS: readonly Scenario[] = [
  {
    title: 'records are kept longer and shorter',
    steps: [
      ...made,
      answers('kinesis.IncreaseStreamRetentionPeriod', { ...STREAM, RetentionPeriodHours: 48 }),
      summary({ RetentionPeriodHours: 48 }),
      refuses(
        'kinesis.IncreaseStreamRetentionPeriod',
        { ...STREAM, RetentionPeriodHours: 36 },
        'InvalidArgumentException',
        /./,
      ),
      answers('kinesis.DecreaseStreamRetentionPeriod', { ...STREAM, RetentionPeriodHours: 24 }),
      summary({ RetentionPeriodHours: 24 }),
      refuses(
        'kinesis.DecreaseStreamRetentionPeriod',
        { ...STREAM, RetentionPeriodHours: 1 },
        'InvalidArgumentException',
        /./,
      ),
      gone,
    ],
  },
  {
    title: 'encryption is switched on and off',
    steps: [
      ...made,
      answers('kinesis.StartStreamEncryption', {
        ...STREAM,
        EncryptionType: 'KMS',
        KeyId: 'alias/aws/kinesis',
      }),
      summary({ EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
      answers('kinesis.StopStreamEncryption', {
        ...STREAM,
        EncryptionType: 'KMS',
        KeyId: 'alias/aws/kinesis',
      }),
      summary({ EncryptionType: 'NONE' }),
      refuses(
        'kinesis.StartStreamEncryption',
        { StreamName: 'nowhere', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
        'ResourceNotFoundException',
        /nowhere/,
      ),
      gone,
    ],
  },
  {
    title: 'shards are monitored, and no longer',
    steps: [
      ...made,
      answers(
        'kinesis.EnableEnhancedMonitoring',
        { ...STREAM, ShardLevelMetrics: ['IncomingBytes', 'IncomingRecords'] },
        {
          StreamName: 'settings',
          CurrentShardLevelMetrics: [],
          DesiredShardLevelMetrics: ['IncomingBytes', 'IncomingRecords'],
        },
      ),
      answers(
        'kinesis.DisableEnhancedMonitoring',
        { ...STREAM, ShardLevelMetrics: ['ALL'] },
        { CurrentShardLevelMetrics: ['IncomingBytes', 'IncomingRecords'], DesiredShardLevelMetrics: [] },
        { eventually: true },
      ),
      refuses(
        'kinesis.EnableEnhancedMonitoring',
        { ...STREAM, ShardLevelMetrics: ['Everything'] },
        'ValidationException',
        /enum value set/,
      ),
      gone,
    ],
  },
  {
    title: 'records may be larger',
    steps: [
      ...made,
      answers('kinesis.UpdateMaxRecordSize', { StreamARN: ARN, MaxRecordSizeInKiB: LARGEST }),
      summary({ MaxRecordSizeInKiB: LARGEST }),
      refuses(
        'kinesis.UpdateMaxRecordSize',
        { StreamARN: ARN, MaxRecordSizeInKiB: LARGEST + 1 },
        'ValidationException',
        /less than or equal to 10240/,
      ),
      gone,
    ],
  },
  {
    title: 'a stream is tagged, by its name and by its ARN',
    steps: [
      ...made,
      answers('kinesis.AddTagsToStream', { ...STREAM, Tags: { team: 'rides', stage: 'test' } }),
      answers('kinesis.ListTagsForStream', STREAM, {
        Tags: [
          { Key: 'stage', Value: 'test' },
          { Key: 'team', Value: 'rides' },
        ],
        HasMoreTags: false,
      }),
      answers('kinesis.RemoveTagsFromStream', { ...STREAM, TagKeys: ['stage'] }),
      answers('kinesis.TagResource', { ResourceARN: ARN, Tags: { owner: 'unicorns' } }),
      answers(
        'kinesis.ListTagsForResource',
        { ResourceARN: ARN },
        {
          Tags: [
            { Key: 'owner', Value: 'unicorns' },
            { Key: 'team', Value: 'rides' },
          ],
        },
      ),
      answers('kinesis.UntagResource', { ResourceARN: ARN, TagKeys: ['owner', 'team'] }),
      answers('kinesis.ListTagsForStream', STREAM, { Tags: [] }),
      refuses(
        'kinesis.AddTagsToStream',
        { ...STREAM, Tags: { 'aws:reserved': 'x' } },
        'InvalidArgumentException',
        /aws:/,
      ),
      refuses(
        'kinesis.ListTagsForStream',
        { StreamName: 'nowhere' },
        'ResourceNotFoundException',
        /^Stream nowhere under account \d{12} not found\.$/,
      ),
      gone,
    ],
  },
  {
    title: 'the account tells its settings',
    steps: [answers('kinesis.DescribeAccountSettings', {}, {})],
  },
];
