import type { Clock } from '../../../telemetry/clock.ts';
import type { Service } from '../gateway/service.ts';
import { createJsonService } from '../protocol/json-service.ts';
import { Applications, type KitApplication } from './applications.ts';
import { LARGEST_ZIP } from './configuration.ts';
import type { AnalyticsEngine } from './engine.ts';
import type { Context, Operation } from './operation.ts';
import { addApplicationCloudWatchLoggingOption } from './operations/add-application-cloud-watch-logging-option.ts';
import { createApplication } from './operations/create-application.ts';
import { createApplicationSnapshot } from './operations/create-application-snapshot.ts';
import { deleteApplication } from './operations/delete-application.ts';
import { deleteApplicationCloudWatchLoggingOption } from './operations/delete-application-cloud-watch-logging-option.ts';
import { deleteApplicationSnapshot } from './operations/delete-application-snapshot.ts';
import { describeApplication } from './operations/describe-application.ts';
import { describeApplicationOperation } from './operations/describe-application-operation.ts';
import { describeApplicationSnapshot } from './operations/describe-application-snapshot.ts';
import { describeApplicationVersion } from './operations/describe-application-version.ts';
import { listApplicationOperations } from './operations/list-application-operations.ts';
import { listApplicationSnapshots } from './operations/list-application-snapshots.ts';
import { listApplicationVersions } from './operations/list-application-versions.ts';
import { listApplications } from './operations/list-applications.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { rollbackApplication } from './operations/rollback-application.ts';
import { startApplication } from './operations/start-application.ts';
import { stopApplication } from './operations/stop-application.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateApplication } from './operations/update-application.ts';

export interface KinesisAnalyticsOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  /** Told of faults, and of applications that end. */
  readonly log?: (line: string) => void;
}

export interface KinesisAnalyticsService extends Service {
  /** Gives the service what runs applications. Without one, none can be started. */
  provideEngine(engine: AnalyticsEngine): void;
  /**
   * Makes an application of the kit what it is defined to be, and starts it.
   *
   * @returns once it runs
   * @throws what the engine failed with
   */
  run(application: KitApplication): Promise<void>;
  /** Begins to start again what ran when the process ended and what `run` has not started since. */
  resume(): void;
  /** Stops what runs; it is started again by `resume` in the next process. */
  close(): Promise<void>;
}

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AddApplicationCloudWatchLoggingOption', addApplicationCloudWatchLoggingOption],
  ['CreateApplication', createApplication],
  ['CreateApplicationSnapshot', createApplicationSnapshot],
  ['DeleteApplication', deleteApplication],
  ['DeleteApplicationCloudWatchLoggingOption', deleteApplicationCloudWatchLoggingOption],
  ['DeleteApplicationSnapshot', deleteApplicationSnapshot],
  ['DescribeApplication', describeApplication],
  ['DescribeApplicationOperation', describeApplicationOperation],
  ['DescribeApplicationSnapshot', describeApplicationSnapshot],
  ['DescribeApplicationVersion', describeApplicationVersion],
  ['ListApplicationOperations', listApplicationOperations],
  ['ListApplicationSnapshots', listApplicationSnapshots],
  ['ListApplicationVersions', listApplicationVersions],
  ['ListApplications', listApplications],
  ['ListTagsForResource', listTagsForResource],
  ['RollbackApplication', rollbackApplication],
  ['StartApplication', startApplication],
  ['StopApplication', stopApplication],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['UpdateApplication', updateApplication],
]);

/** A Jar in base64, and room for the rest. */
const MAX_BODY = Math.ceil(LARGEST_ZIP / 3) * 4 + 16 * 1024 * 1024;

/**
 * Kinesis Analytics v2: the API of Amazon Managed Service for Apache Flink.
 *
 * @throws WildRydesError STATE_CORRUPT or STATE_UNUSABLE when the applications of the folder cannot be read
 */
export function createKinesisAnalytics(options: KinesisAnalyticsOptions): KinesisAnalyticsService {
  const { folder, clock, log = () => {} } = options;
  const applications = new Applications({ folder, clock, log });
  const service = createJsonService<Context>({
    title: 'Managed Service for Apache Flink',
    signingName: 'kinesisanalytics',
    targetPrefixes: ['KinesisAnalytics_20180523'],
    version: '1.1',
    maxBody: MAX_BODY,
    operations: OPERATIONS,
    context: ({ region }) => ({ applications, region }),
    log,
  });
  return {
    ...service,
    provideEngine: (engine) => applications.provideEngine(engine),
    resume: () => applications.resume(),
    run: (application) => applications.run(application),
    close: () => applications.close(),
  };
}
