import { describeLogging } from '../description.ts';
import { notFound } from '../errors.ts';
import { insistOnCurrent, operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { APPLICATION_NAME, CONCURRENCY, OPTION_ID } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DeleteApplicationCloudWatchLoggingOption.html */
export const deleteApplicationCloudWatchLoggingOption = operation(
  {
    ApplicationName: APPLICATION_NAME,
    ...CONCURRENCY,
    CloudWatchLoggingOptionId: { ...OPTION_ID, required: true },
  },
  (input, { applications }) => {
    const { ApplicationName: name, CloudWatchLoggingOptionId: id } = input;
    const record = applications.get(name);
    insistOnCurrent(record, input);
    insistOnStatus(record, ['READY', 'RUNNING']);
    const { configuration } = currentVersion(record);
    const logging = configuration.logging.filter((option) => option.id !== id);
    if (logging.length === configuration.logging.length) {
      throw notFound(`CloudWatch logging option ${id} of application ${name}`);
    }
    const OperationId = applications.updateQuietly(
      record,
      { ...configuration, logging },
      'DeleteApplicationCloudWatchLoggingOption',
    );
    const after = currentVersion(applications.get(name));
    return {
      ApplicationARN: record.arn,
      ApplicationVersionId: after.id,
      CloudWatchLoggingOptionDescriptions: describeLogging(after.configuration),
      OperationId,
    };
  },
  'The option is gone at once.',
);
