import { invalidArgument } from '../errors.ts';
import { insistOnRunnable, operation } from '../operation.ts';
import { RUN_CONFIGURATION, toBeStarted } from '../run-configuration.ts';
import { APPLICATION_NAME } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/**
 * Begins to start an application that is READY: STARTING until the engine runs, then RUNNING.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_StartApplication.html
 */
export const startApplication = operation(
  {
    ApplicationName: APPLICATION_NAME,
    RunConfiguration: {
      type: 'Structure',
      members: {
        ...RUN_CONFIGURATION,
        SqlRunConfigurations: { type: 'List', each: { type: 'Structure', members: {} } },
      },
    },
  },
  ({ ApplicationName, RunConfiguration }, { applications }) => {
    const record = applications.get(ApplicationName);
    if (RunConfiguration?.SqlRunConfigurations !== undefined) {
      throw invalidArgument('SqlRunConfigurations are for SQL applications.');
    }
    insistOnStatus(record, ['READY']);
    const asked = toBeStarted(record, RunConfiguration);
    insistOnRunnable(applications, asked);
    return { OperationId: applications.start(asked) };
  },
  "Runs the kit's aggregation, not the Jar: from the stream of property group InputStream0 to those of OutputStream0 and " +
    "QuarantineStream0, each named by stream.name or stream.arn, or from and to the kit's own. Two applications that write " +
    'summaries to one stream do not run at once. It goes on from the state that it was stopped with, which is that of ' +
    'the latest snapshot or later; no other snapshot can be restored.',
);
