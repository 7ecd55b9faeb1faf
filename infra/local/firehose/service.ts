import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../telemetry/clock.ts';
import { openDocuments } from '../documents.ts';
import type { Service } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import { createJsonService } from '../protocol/json-service.ts';
import { folderOrTemporary } from '../temporary-folder.ts';
import { Deliverer, type PutObject, type Wait } from './deliverer.ts';
import type { DeliveryStream } from './delivery-streams.ts';
import { type FindStream, KinesisReader } from './kinesis-reader.ts';
import type { Context, Operation } from './operation.ts';
import { createDeliveryStream } from './operations/create-delivery-stream.ts';
import { deleteDeliveryStream } from './operations/delete-delivery-stream.ts';
import { describeDeliveryStream } from './operations/describe-delivery-stream.ts';
import { listDeliveryStreams } from './operations/list-delivery-streams.ts';
import { listTagsForDeliveryStream } from './operations/list-tags-for-delivery-stream.ts';
import { putRecord } from './operations/put-record.ts';
import { putRecordBatch } from './operations/put-record-batch.ts';
import { tagDeliveryStream } from './operations/tag-delivery-stream.ts';
import { untagDeliveryStream } from './operations/untag-delivery-stream.ts';
import { updateDestination } from './operations/update-destination.ts';
import { Spool } from './spool.ts';
import type { InvokeFunction } from './transformation.ts';

export interface FirehoseOptions {
  /** State folder, created if missing; null: in memory and temporary files. */
  readonly folder: string | null;
  /** Default: there are no buckets, so that records wait. */
  readonly putObject?: PutObject;
  /** Invokes a function that transforms records. Default: there are none. */
  readonly invoke?: InvokeFunction;
  /** Finds the streams that delivery streams read. Default: there are none. */
  readonly findStream?: FindStream;
  /** Takes the events of the error logs that CloudWatchLoggingOptions ask for. Default: to nowhere. */
  readonly writeLog?: (logGroup: string, logStream: string, event: string) => void;
  readonly clock?: Clock;
  /** How buffers and retries wait. Default real time. */
  readonly wait?: Wait;
  /** For the jitter of retries. Default Math.random. */
  readonly random?: () => number;
  readonly log?: (line: string) => void;
}

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateDeliveryStream', createDeliveryStream],
  ['DeleteDeliveryStream', deleteDeliveryStream],
  ['DescribeDeliveryStream', describeDeliveryStream],
  ['ListDeliveryStreams', listDeliveryStreams],
  ['ListTagsForDeliveryStream', listTagsForDeliveryStream],
  ['PutRecord', putRecord],
  ['PutRecordBatch', putRecordBatch],
  ['TagDeliveryStream', tagDeliveryStream],
  ['UntagDeliveryStream', untagDeliveryStream],
  ['UpdateDestination', updateDestination],
]);

/** Of a batch of 4 MiB, in base64 and JSON, and of what is refused for being larger. */
const MAX_BODY = 8 * 1024 * 1024;

/** A delivery stream at work. */
interface Running {
  readonly deliverer: Deliverer;
  readonly reader: KinesisReader | undefined;
}

/**
 * Firehose: delivery streams to S3, from what is put to them or from a stream, transformed by a function.
 *
 * @throws WildRydesError STATE_CORRUPT when the state in the folder cannot be read
 */
export function createFirehose(options: FirehoseOptions): Service {
  const { log = () => {}, clock = systemClock, findStream = () => undefined } = options;
  const home = folderOrTemporary(options.folder);
  const streams = openDocuments<DeliveryStream>({
    file: join(home.path, 'delivery-streams.json'),
    what: 'delivery streams',
  });
  const running = new Map<string, Running>();
  const around = {
    putObject: options.putObject ?? noBuckets,
    invoke: options.invoke ?? noFunctions,
    writeLog: options.writeLog ?? (() => {}),
    clock,
    wait: options.wait,
    random: options.random ?? Math.random,
    log,
  };

  function start(stream: DeliveryStream): void {
    const deliverer = new Deliverer(stream, new Spool(join(home.path, 'streams', stream.id), log), around);
    const source = stream.source === null ? undefined : findStream(stream.source.streamArn);
    const reader = source === undefined ? undefined : new KinesisReader(source, deliverer, log);
    if (stream.source !== null && source === undefined) {
      log(`firehose: ${stream.name} has no source: there is no stream ${stream.source.streamArn}`);
    }
    running.set(stream.id, { deliverer, reader });
  }

  async function stop({ id }: DeliveryStream): Promise<void> {
    const one = running.get(id);
    running.delete(id);
    one?.reader?.close();
    await one?.deliverer.remove();
  }

  const context: Context = {
    streams,
    start,
    stop,
    delivererOf: ({ id }) => running.get(id)!.deliverer,
    findStream,
    now: clock.now,
  };
  sweep(join(home.path, 'streams'), new Set(streams.all().map(({ id }) => id)));
  for (const stream of streams.all()) start(stream);

  return {
    ...createJsonService<Context>({
      title: 'Firehose',
      signingName: 'firehose',
      targetPrefixes: ['Firehose_20150804'],
      version: '1.1',
      maxBody: MAX_BODY,
      operations: OPERATIONS,
      context: () => context,
      log,
    }),
    async close() {
      for (const { reader } of running.values()) reader?.close();
      await Promise.all([...running.values()].map(({ deliverer }) => deliverer.close()));
      home.remove();
    },
  };
}

/** Removes the records of delivery streams whose deletion was cut short. */
function sweep(folder: string, kept: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  for (const id of readdirSync(folder)) {
    if (!kept.has(id)) rmSync(join(folder, id), { recursive: true, force: true });
  }
}

function noBuckets(bucket: string): Promise<never> {
  return Promise.reject(
    new ServiceError('NoSuchBucket', `There is no bucket ${bucket}: the local cloud has no S3 yet`, 404),
  );
}

function noFunctions(functionArn: string): Promise<never> {
  return Promise.reject(
    new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404),
  );
}
