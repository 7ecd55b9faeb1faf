import { operation } from '../operation.ts';
import { APPLICATION_NAME } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/**
 * Begins to stop an application: STOPPING, or FORCE_STOPPING, then READY.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_StopApplication.html
 */
export const stopApplication = operation(
  { ApplicationName: APPLICATION_NAME, Force: { type: 'Boolean' } },
  ({ ApplicationName, Force = false }, { applications }) => {
    const record = applications.get(ApplicationName);
    insistOnStatus(record, Force ? ['STARTING', 'UPDATING', 'STOPPING', 'RUNNING'] : ['RUNNING']);
    return { OperationId: applications.stop(ApplicationName, Force) };
  },
  'Nothing is lost by force either: the state is saved, and no snapshot is noted. A stopped wildrydes-aggregation is ' +
    'started again with the next ./wildrydes start.',
);
