import { encodeReading } from '../../../telemetry/reading-codec.ts';
import { encodeSummary } from '../../../telemetry/summary-codec.ts';
import { RIDE_START } from '../../../telemetry/topology.ts';

/** A unicorn as they come: names of the fleet have 10 letters on average. */
const NAME = 'Cloudhoof7';

const STATUS_TIME = '2026-11-28 20:00:00.000';

const bytesOf = (text: string) => Buffer.byteLength(text);

/**
 * Bytes of what goes through the pipeline, of records as they are written by the kit itself. That the one reading here
 * is like those of a fleet is what `sizes.test.ts` proves.
 */
export const SIZES = {
  /** A record of `wildrydes`, without its partition key. */
  reading: bytesOf(
    encodeReading({
      Name: NAME,
      StatusTime: STATUS_TIME,
      Latitude: RIDE_START.latitude,
      Longitude: RIDE_START.longitude,
      Distance: 30.123,
      MagicPoints: 150,
      HealthPoints: 150,
    }),
  ),
  /** A record of `wildrydes-aggregated`, without its partition key. */
  summary: bytesOf(
    encodeSummary({
      Name: NAME,
      StatusTime: STATUS_TIME,
      Distance: 1798.123,
      MinMagicPoints: 145,
      MaxMagicPoints: 155,
      MinHealthPoints: 145,
      MaxHealthPoints: 155,
      Readings: 60,
    }),
  ),
  /** The partition key of either, which is the name. */
  key: bytesOf(NAME),
} as const;

export const KB = 1_024;
export const MB = 1_024 * KB;
export const GB = 1_024 * MB;

/** What Firehose rounds each record up to. Source: https://aws.amazon.com/firehose/pricing/ */
export const FIREHOSE_STEP = 5 * KB;
