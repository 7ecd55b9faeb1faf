import { BUCKETS, DELIVERY_STREAMS, FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';

/**
 * The delivery stream of the archive, as Firehose is told: readings as they come, through the function, into objects
 * of lines by the hour. Names and meanings as in CreateDeliveryStream; sizes in MiB, times in seconds.
 * Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html
 */
export const ARCHIVE_DELIVERY = {
  name: DELIVERY_STREAMS.archive,
  source: STREAMS.readings,
  functionName: FUNCTIONS.archiver,
  bucket: BUCKETS.archive,
  /** Keys of objects begin so, by the hour in which the records came: as Hive and Athena name partitions. */
  prefix: 'readings/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/',
  errorPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
  compression: 'GZIP',
  buffer: { size: 64, interval: 60 },
  /** What the function gets at a time: what it adds must still fit into the 6 MB of its answer. */
  functionBuffer: { size: 1, interval: 60 },
} as const;
