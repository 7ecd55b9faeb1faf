import type { Clock } from '../../../telemetry/clock.ts';
import type { Service } from '../gateway/service.ts';
import { createJsonService } from '../protocol/json-service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import type { Context, Operation } from './operation.ts';
import { createLogGroup } from './operations/create-log-group.ts';
import { createLogStream } from './operations/create-log-stream.ts';
import { deleteLogGroup } from './operations/delete-log-group.ts';
import { deleteLogStream } from './operations/delete-log-stream.ts';
import { deleteRetentionPolicy } from './operations/delete-retention-policy.ts';
import { describeLogGroups } from './operations/describe-log-groups.ts';
import { describeLogStreams } from './operations/describe-log-streams.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { putLogEvents } from './operations/put-log-events.ts';
import { putRetentionPolicy } from './operations/put-retention-policy.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import type { GroupLimits } from './store/log-group.ts';
import { LogStore } from './store/log-store.ts';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateLogGroup', createLogGroup],
  ['CreateLogStream', createLogStream],
  ['DeleteLogGroup', deleteLogGroup],
  ['DeleteLogStream', deleteLogStream],
  ['DeleteRetentionPolicy', deleteRetentionPolicy],
  ['DescribeLogGroups', describeLogGroups],
  ['DescribeLogStreams', describeLogStreams],
  ['FilterLogEvents', filterLogEvents],
  ['GetLogEvents', getLogEvents],
  ['ListTagsForResource', listTagsForResource],
  ['PutLogEvents', putLogEvents],
  ['PutRetentionPolicy', putRetentionPolicy],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
]);

/** A batch of 1 MiB, every byte of it escaped in JSON, and the rest of 10,000 events. */
const MAX_BODY = 8 * 1024 * 1024;

const MIB = 1024 * 1024;

/** What the logs may take of the disk and of memory. */
export const LOG_LIMITS: GroupLimits = { fileBytes: 5 * MIB, waiting: 4 * MIB, groupBytes: 100 * MIB };

export interface LogsOptions {
  /** State folder, created if missing; null: a temporary one that is removed at close. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly log?: (line: string) => void;
  /** Default LOG_LIMITS. */
  readonly limits?: Partial<GroupLimits>;
}

export interface LogsService extends Service {
  /**
   * Adds an event to a log stream, for services of this cloud. Returns at once and never throws; events of a stream are
   * kept in the order in which they were written, and reads see them from now on. Its group and its stream are made if
   * they are missing. An empty message is no event, as on AWS; one longer than 1 MiB is cut. When the disk is full, or slower than the output (4 MiB
   * waiting for one stream), events are dropped, and the stream says later how many.
   *
   * @param groupName `/aws/lambda/kinesisEventLogger`
   * @param streamName `2026/11/28/[$LATEST]5d1f…`
   * @param timestamp when it happened, milliseconds since the epoch
   */
  write(groupName: string, streamName: string, timestamp: number, message: string): void;
  close(): Promise<void>;
}

/**
 * CloudWatch Logs: log groups, their streams and events, in files.
 *
 * @throws WildRydesError STATE_CORRUPT, naming the file; STATE_UNUSABLE
 */
export function createLogs(options: LogsOptions): LogsService {
  const { clock, log = () => {} } = options;
  const folder = folderOrTemporary(options.folder);
  const now = () => clock.now();
  const store = new LogStore({ folder: folder.path, limits: { ...LOG_LIMITS, ...options.limits }, now, log });
  const service = createJsonService<Context>({
    title: 'CloudWatch Logs',
    signingName: 'logs',
    targetPrefixes: ['Logs_20140328'],
    version: '1.1',
    maxBody: MAX_BODY,
    operations: OPERATIONS,
    context: ({ region }) => ({ store, region, now }),
    faultCode: 'ServiceUnavailableException',
    log,
  });
  return {
    ...service,
    write: (...event) => store.write(...event),
    async close() {
      await store.close();
      folder.remove();
    },
  };
}
