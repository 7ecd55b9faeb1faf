import type { StoredRecord } from '../../kinesis/source.ts';
import { ServiceError } from '../../protocol/errors.ts';
import { compilePattern, type EventPattern } from './event-pattern.ts';
import { PatternError } from './leaf-test.ts';
import { parseKeepingNumbers } from './number-text.ts';

/**
 * Which records of a stream an event-source mapping sends: those that meet at least one of its filters.
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */

/** What kind of stream records come from. */
export type FilterSource = 'kinesis' | 'dynamodb';

/** What the events of one mapping say of where their records come from. Names as in the event. */
export interface Origin {
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly invokeIdentityArn: string;
}

const UNKNOWN = { awsRegion: '', eventSourceARN: '', invokeIdentityArn: '' } as const satisfies Origin;

/** Filters of one mapping: the default quota. Source: the first of the pages above. */
const MOST_FILTERS = 5;

/** Where a source keeps what its producers wrote: a pattern there must be an object. */
const DATA_KEY = { kinesis: 'data', dynamodb: 'dynamodb' } as const satisfies Record<FilterSource, string>;

/**
 * Compiles the filters of a mapping.
 *
 * @param patterns JSON texts; none: every record is sent
 * @param origin of Kinesis records, for patterns that ask about it; absent where patterns are only checked
 * @returns whether a record is to be sent. It never throws, parses a record's data at most once, and only if a pattern
 * asks about it. Kinesis data that is not JSON in UTF-8 meets no pattern that asks about it. Of DynamoDB, a record's
 * data is the whole event record as JSON.
 * @throws ServiceError InvalidParameterValueException, as CreateEventSourceMapping answers it
 */
export function compileFilters(
  patterns: readonly string[],
  source: FilterSource,
  origin: Origin = UNKNOWN,
): (record: StoredRecord) => boolean {
  if (patterns.length > MOST_FILTERS) {
    throw invalid(`A mapping takes at most ${MOST_FILTERS} filters (given ${patterns.length})`);
  }
  const compiled = patterns.map((pattern) => compile(pattern, source));
  if (compiled.length === 0) return () => true;
  const parse = compiled.some(({ comparesNumbers }) => comparesNumbers) ? parseKeepingNumbers : JSON.parse;
  return source === 'dynamodb' ? ofDynamoDb(compiled, parse) : ofKinesis(compiled, parse, origin);
}

function compile(text: string, source: FilterSource): EventPattern {
  try {
    const pattern = compilePattern(parseKeepingNumbers(text));
    const key = DATA_KEY[source];
    if (pattern.paths.some(([first, ...more]) => first === key && more.length === 0)) {
      throw new PatternError(`${key} must be an object`);
    }
    return pattern;
  } catch (error) {
    if (error instanceof PatternError || error instanceof SyntaxError) {
      throw invalid('Invalid filter pattern definition.');
    }
    throw error;
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

type Parse = (text: string) => unknown;

/** Stands for data that is not JSON, which is met by nothing. */
const NO_JSON = Symbol('no JSON');

function ofDynamoDb(patterns: readonly EventPattern[], parse: Parse): (record: StoredRecord) => boolean {
  return ({ data }) => {
    const event = parsed(data, parse);
    return event !== NO_JSON && patterns.some((pattern) => pattern.matches(event));
  };
}

/** Data and metadata are side by side, and so is what all events have; of that, the event's id is not known here. */
function ofKinesis(
  patterns: readonly EventPattern[],
  parse: Parse,
  { awsRegion, eventSourceARN, invokeIdentityArn }: Origin,
): (record: StoredRecord) => boolean {
  const asksFor = (key: string) => (pattern: EventPattern) => pattern.paths.some(([first]) => first === key);
  const asksData = patterns.filter(asksFor(DATA_KEY.kinesis));
  const others = patterns.filter((pattern) => !asksData.includes(pattern));
  const asksArrival = patterns.some(asksFor('approximateArrivalTimestamp'));
  return (record) => {
    // Spelled out: spreading constants into it costs more than all the rest.
    const document = {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      approximateArrivalTimestamp: asksArrival ? parse(String(record.arrival / 1000)) : undefined,
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventName: 'aws:kinesis:record',
      invokeIdentityArn,
      awsRegion,
      eventSourceARN,
      data: undefined as unknown,
    };
    if (others.some((pattern) => pattern.matches(document))) return true;
    if (asksData.length === 0) return false;
    document.data = parsed(record.data, parse);
    return document.data !== NO_JSON && asksData.some((pattern) => pattern.matches(document));
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parsed(data: Buffer, parse: Parse): unknown {
  try {
    return parse(utf8.decode(data));
  } catch {
    return NO_JSON;
  }
}
