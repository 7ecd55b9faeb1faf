import { describeApplication as written } from '../description.ts';
import { operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { APPLICATION_NAME } from '../shapes.ts';

/** Stands where AWS shows Flink's plan of the job. */
const JOB_PLAN = JSON.stringify({
  name: 'aggregation',
  nodes: [{ id: '1', description: 'The aggregation of the Wild Rydes kit, in place of the Jar' }],
});

/** Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DescribeApplication.html */
export const describeApplication = operation(
  { ApplicationName: APPLICATION_NAME, IncludeAdditionalDetails: { type: 'Boolean' } },
  (input, { applications }) => {
    const record = applications.get(input.ApplicationName);
    const plan = input.IncludeAdditionalDetails && record.status === 'RUNNING' ? JOB_PLAN : undefined;
    return { ApplicationDetail: written(record, currentVersion(record), plan) };
  },
  "The job plan says that the kit's aggregation runs in place of the Jar. There is no maintenance window.",
);
