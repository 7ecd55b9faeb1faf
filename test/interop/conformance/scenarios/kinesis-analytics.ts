import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario, type Step } from '../scenario.ts';

const NAME = { ApplicationName: 'summaries' };
const NOWHERE = { ApplicationName: 'nowhere' };
const STREAMS = ['raw', 'per-minute', 'refused'];
const PROPERTIES = [
  { PropertyGroupId: 'InputStream0', PropertyMap: { 'stream.name': 'raw' } },
  { PropertyGroupId: 'OutputStream0', PropertyMap: { 'stream.name': 'per-minute' } },
  { PropertyGroupId: 'QuarantineStream0', PropertyMap: { 'stream.name': 'refused' } },
];
const APPLICATION = {
  ...NAME,
  RuntimeEnvironment: 'FLINK-2_2',
  ServiceExecutionRole: 'arn:aws:iam::000000000000:role/flink',
  ApplicationConfiguration: {
    ApplicationCodeConfiguration: {
      CodeContentType: 'ZIPFILE',
      CodeContent: { S3ContentLocation: { BucketARN: 'arn:aws:s3:::code', FileKey: 'job.jar' } },
    },
    ApplicationSnapshotConfiguration: { SnapshotsEnabled: true },
    EnvironmentProperties: { PropertyGroups: PROPERTIES },
  },
};
const LOG_STREAM = 'arn:aws:logs:us-east-1:000000000000:log-group:flink:log-stream:summaries';
/** The latest version, which a change must name. */
const VERSION = from('now.ApplicationDetail.ApplicationVersionId');

const call = (operation: string) => `kinesisanalyticsv2.${operation}`;
const status = (ApplicationStatus: string): Step =>
  answers(
    call('DescribeApplication'),
    NAME,
    { ApplicationDetail: { ApplicationStatus } },
    { as: 'now', eventually: true },
  );
const made: readonly Step[] = [
  ...STREAMS.map((StreamName) => answers('kinesis.CreateStream', { StreamName, ShardCount: 1 })),
  answers(call('CreateApplication'), APPLICATION, {}, { as: 'created' }),
  status('READY'),
];
const gone: readonly Step[] = [
  answers(call('DeleteApplication'), {
    ...NAME,
    CreateTimestamp: from('created.ApplicationDetail.CreateTimestamp'),
  }),
  refuses(call('DescribeApplication'), NAME, 'ResourceNotFoundException', /summaries/, { eventually: true }),
  ...STREAMS.map((StreamName) => answers('kinesis.DeleteStream', { StreamName })),
];

/** Applications of Managed Service for Apache Flink. */
export const KINESIS_ANALYTICS: readonly Scenario[] = [
  {
    title: 'an application is made, described, tagged and deleted',
    steps: [
      ...made,
      answers(
        call('DescribeApplication'),
        { ...NAME, IncludeAdditionalDetails: true },
        {
          ApplicationDetail: {
            ...NAME,
            ApplicationARN: matching(/^arn:aws:kinesisanalytics:us-east-1:\d{12}:application\/summaries$/),
            RuntimeEnvironment: 'FLINK-2_2',
            ApplicationVersionId: 1,
            CreateTimestamp: { time: expect.any(String) },
            ApplicationConfigurationDescription: {
              EnvironmentPropertyDescriptions: { PropertyGroupDescriptions: PROPERTIES },
            },
          },
        },
      ),
      answers(
        call('ListApplications'),
        {},
        { ApplicationSummaries: [{ ...NAME, ApplicationStatus: 'READY' }] },
      ),
      answers(call('TagResource'), {
        ResourceARN: from('created.ApplicationDetail.ApplicationARN'),
        Tags: [{ Key: 'stage', Value: 'test' }],
      }),
      answers(
        call('ListTagsForResource'),
        { ResourceARN: from('created.ApplicationDetail.ApplicationARN') },
        { Tags: [{ Key: 'stage', Value: 'test' }] },
      ),
      answers(call('UntagResource'), {
        ResourceARN: from('created.ApplicationDetail.ApplicationARN'),
        TagKeys: ['stage'],
      }),
      ...gone,
    ],
  },
  {
    title: 'an application is started, changed while it runs, rolled back and stopped',
    steps: [
      ...made,
      answers(call('StartApplication'), NAME, { OperationId: expect.any(String) }, { as: 'start' }),
      status('RUNNING'),
      answers(
        call('DescribeApplicationOperation'),
        { ...NAME, OperationId: from('start.OperationId') },
        {
          ApplicationOperationInfoDetails: {
            Operation: 'StartApplication',
            OperationStatus: 'SUCCESSFUL',
            StartTime: { time: expect.any(String) },
          },
        },
        { eventually: true },
      ),
      answers(call('CreateApplicationSnapshot'), { ...NAME, SnapshotName: 'first' }),
      answers(
        call('DescribeApplicationSnapshot'),
        { ...NAME, SnapshotName: 'first' },
        { SnapshotDetails: { SnapshotName: 'first', SnapshotStatus: 'READY', ApplicationVersionId: 1 } },
        { as: 'snapshot', eventually: true },
      ),
      answers(call('UpdateApplication'), {
        ...NAME,
        CurrentApplicationVersionId: VERSION,
        ApplicationConfigurationUpdate: {
          FlinkApplicationConfigurationUpdate: {
            ParallelismConfigurationUpdate: { ConfigurationTypeUpdate: 'CUSTOM', ParallelismUpdate: 2 },
          },
        },
      }),
      status('RUNNING'),
      answers(
        call('DescribeApplicationVersion'),
        { ...NAME, ApplicationVersionId: 1 },
        {
          ApplicationVersionDetail: { ApplicationVersionId: 1 },
        },
      ),
      answers(call('RollbackApplication'), { ...NAME, CurrentApplicationVersionId: VERSION }),
      status('RUNNING'),
      answers(call('ListApplicationVersions'), NAME, {
        ApplicationVersionSummaries: expect.arrayContaining([
          expect.objectContaining({ ApplicationVersionId: 1 }),
        ]),
      }),
      answers(call('StopApplication'), NAME, { OperationId: expect.any(String) }),
      status('READY'),
      answers(call('ListApplicationOperations'), NAME, {
        ApplicationOperationInfoList: expect.arrayContaining([
          expect.objectContaining({ Operation: 'StopApplication' }),
          expect.objectContaining({ Operation: 'StartApplication' }),
        ]),
      }),
      answers(call('ListApplicationSnapshots'), NAME, {
        SnapshotSummaries: expect.arrayContaining([expect.objectContaining({ SnapshotName: 'first' })]),
      }),
      answers(call('DeleteApplicationSnapshot'), {
        ...NAME,
        SnapshotName: 'first',
        SnapshotCreationTimestamp: from('snapshot.SnapshotDetails.SnapshotCreationTimestamp'),
      }),
      ...gone,
    ],
  },
  {
    title: 'an application is told where to log, and no longer',
    steps: [
      ...made,
      answers(
        call('AddApplicationCloudWatchLoggingOption'),
        {
          ...NAME,
          CurrentApplicationVersionId: VERSION,
          CloudWatchLoggingOption: { LogStreamARN: LOG_STREAM },
        },
        { CloudWatchLoggingOptionDescriptions: [{ LogStreamARN: LOG_STREAM }] },
        { as: 'option' },
      ),
      status('READY'),
      answers(call('DeleteApplicationCloudWatchLoggingOption'), {
        ...NAME,
        CurrentApplicationVersionId: VERSION,
        CloudWatchLoggingOptionId: from(
          'option.CloudWatchLoggingOptionDescriptions.0.CloudWatchLoggingOptionId',
        ),
      }),
      ...gone,
    ],
  },
  {
    title: 'what is wrong with an application is told',
    steps: [
      refuses(call('DescribeApplication'), NOWHERE, 'ResourceNotFoundException', /nowhere/),
      refuses(call('StartApplication'), NOWHERE, 'ResourceNotFoundException', /nowhere/),
      ...made,
      refuses(call('CreateApplication'), APPLICATION, 'ResourceInUseException', /summaries/),
      refuses(call('StopApplication'), NAME, 'ResourceInUseException', /READY/),
      refuses(
        call('UpdateApplication'),
        {
          ...NAME,
          CurrentApplicationVersionId: 7,
          ServiceExecutionRoleUpdate: APPLICATION.ServiceExecutionRole,
        },
        'ConcurrentModificationException',
        /./,
      ),
      refuses(
        call('CreateApplication'),
        { ...APPLICATION, ApplicationName: 'not a name' },
        'ValidationException',
        /'applicationName'.*regular expression/,
      ),
      refuses(
        call('DiscoverInputSchema'),
        { ServiceExecutionRole: APPLICATION.ServiceExecutionRole },
        'UnknownOperationException',
        /DiscoverInputSchema/,
      ),
      ...gone,
    ],
  },
];
