import { describeApplication } from '../description.ts';
import { notFound } from '../errors.ts';
import { operation } from '../operation.ts';
import { APPLICATION_NAME, VERSION_ID } from '../shapes.ts';

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DescribeApplicationVersion.html */
export const describeApplicationVersion = operation(
  { ApplicationName: APPLICATION_NAME, ApplicationVersionId: { ...VERSION_ID, required: true } },
  ({ ApplicationName, ApplicationVersionId }, { applications }) => {
    const record = applications.get(ApplicationName);
    const version = record.versions.find(({ id }) => id === ApplicationVersionId);
    if (version === undefined) {
      throw notFound(`Version ${ApplicationVersionId} of application ${ApplicationName}`);
    }
    return { ApplicationVersionDetail: describeApplication(record, version) };
  },
);
