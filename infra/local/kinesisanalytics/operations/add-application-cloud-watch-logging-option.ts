import { describeLogging } from '../description.ts';
import { invalidArgument } from '../errors.ts';
import { insistOnCurrent, operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { APPLICATION_NAME, ARN, CONCURRENCY } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_AddApplicationCloudWatchLoggingOption.html */
export const addApplicationCloudWatchLoggingOption = operation(
  {
    ApplicationName: APPLICATION_NAME,
    ...CONCURRENCY,
    CloudWatchLoggingOption: {
      type: 'Structure',
      required: true,
      members: { LogStreamARN: { ...ARN, required: true } },
    },
  },
  (input, { applications }) => {
    const { ApplicationName: name } = input;
    const { LogStreamARN: logStreamArn } = input.CloudWatchLoggingOption;
    const record = applications.get(name);
    insistOnCurrent(record, input);
    insistOnStatus(record, ['READY', 'RUNNING']);
    const { configuration } = currentVersion(record);
    if (configuration.logging.some((option) => option.logStreamArn === logStreamArn)) {
      throw invalidArgument(`Application ${name} already logs to ${logStreamArn}.`);
    }
    const loggingOptions = record.loggingOptions + 1;
    const logging = [...configuration.logging, { id: `1.${loggingOptions}`, logStreamArn }];
    const OperationId = applications.updateQuietly(
      { ...record, loggingOptions },
      { ...configuration, logging },
      'AddApplicationCloudWatchLoggingOption',
    );
    const after = currentVersion(applications.get(name));
    return {
      ApplicationARN: record.arn,
      ApplicationVersionId: after.id,
      CloudWatchLoggingOptionDescriptions: describeLogging(after.configuration),
      OperationId,
    };
  },
  'The option is noted and shown at once, and nothing is logged there.',
);
