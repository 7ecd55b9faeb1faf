import { CONFIGURATION, newConfiguration } from '../configuration.ts';
import { describeApplication } from '../description.ts';
import { AnalyticsError } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME, ARN, RUNTIME } from '../shapes.ts';
import { TAGS, withTags } from '../tags.ts';

/** Applications of an account. Source: https://docs.aws.amazon.com/managed-flink/latest/java/limits.html */
const MOST_APPLICATIONS = 100;

/**
 * Makes an application, READY to be started.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_CreateApplication.html
 */
export const createApplication = operation(
  {
    ApplicationName: APPLICATION_NAME,
    ApplicationDescription: { type: 'String', max: 1024 },
    RuntimeEnvironment: { ...RUNTIME, required: true },
    ServiceExecutionRole: { ...ARN, required: true },
    ApplicationConfiguration: { type: 'Structure', members: CONFIGURATION },
    CloudWatchLoggingOptions: {
      type: 'List',
      each: { type: 'Structure', members: { LogStreamARN: { ...ARN, required: true } } },
    },
    Tags: TAGS,
    ApplicationMode: { type: 'String', oneOf: ['STREAMING', 'INTERACTIVE'] },
  },
  (input, { applications, region }) => {
    const { ApplicationName: name, ApplicationMode: mode = null } = input;
    if (mode === 'INTERACTIVE') {
      throw new AnalyticsError('UnsupportedOperationException', 'The local cloud does not offer notebooks.');
    }
    const configuration = newConfiguration(
      input.RuntimeEnvironment,
      input.ServiceExecutionRole,
      input.ApplicationConfiguration,
    );
    if (applications.has(name)) {
      throw new AnalyticsError('ResourceInUseException', `Application ${name} already exists.`);
    }
    if (applications.list().length >= MOST_APPLICATIONS) {
      throw new AnalyticsError(
        'LimitExceededException',
        `There may be ${MOST_APPLICATIONS} applications at once.`,
      );
    }
    const logging = (input.CloudWatchLoggingOptions ?? []).map(({ LogStreamARN }, i) => ({
      id: `1.${i + 1}`,
      logStreamArn: LogStreamARN,
    }));
    const record = applications.create(
      name,
      { ...configuration, logging },
      {
        region,
        mode,
        description: input.ApplicationDescription ?? null,
        tags: withTags([], input.Tags ?? []),
      },
    );
    return { ApplicationDetail: describeApplication(record) };
  },
  "The Jar is not run, and need not exist: a started application runs the kit's own aggregation. Only FLINK-1_20, " +
    'FLINK-2_2 and FLINK-2_3 are taken; notebooks and VPC configurations are not offered. The role need not exist. What ' +
    'is said of checkpoints, parallelism, monitoring, logging and encryption is noted and shown, and does nothing.',
);
