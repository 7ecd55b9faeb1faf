import { CONFIGURATION_UPDATE, updated } from '../configuration-update.ts';
import { describeApplication } from '../description.ts';
import { invalidArgument } from '../errors.ts';
import { insistOnCurrent, insistOnRunnable, operation } from '../operation.ts';
import { currentVersion } from '../record.ts';
import { RUN, toBeStarted } from '../run-configuration.ts';
import { APPLICATION_NAME, CONCURRENCY } from '../shapes.ts';
import { insistOnStatus } from '../states.ts';

/**
 * Gives an application another version. One that runs is UPDATING while it is started anew.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_UpdateApplication.html
 */
export const updateApplication = operation(
  { ApplicationName: APPLICATION_NAME, ...CONCURRENCY, ...CONFIGURATION_UPDATE, RunConfigurationUpdate: RUN },
  (input, { applications }) => {
    const { ApplicationName: name } = input;
    const record = applications.get(name);
    insistOnCurrent(record, input);
    insistOnStatus(record, ['READY', 'RUNNING']);
    const before = currentVersion(record);
    const configuration = updated(before.configuration, input);
    const running = record.status === 'RUNNING';
    const { RunConfigurationUpdate: run } = input;
    if (run !== undefined && !running) {
      throw invalidArgument('A RunConfigurationUpdate is for an application that is RUNNING.');
    }
    const asked = run === undefined ? record : toBeStarted(record, run);
    if (running) insistOnRunnable(applications, asked, { ...before, configuration });
    const OperationId = applications.update(asked, configuration);
    return { ApplicationDetail: describeApplication(applications.get(name)), OperationId };
  },
  'An update that fails is not rolled back by itself, whatever RollbackEnabled says: the application is READY then, in its ' +
    'new version. An application that is READY has its new version at once. What is changed of wildrydes-aggregation lasts ' +
    'until the next ./wildrydes start.',
);
