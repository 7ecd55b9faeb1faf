import { type Input, type Shape, validate } from '../../protocol/validation.ts';
import { MAPPING_DEFAULTS, type MappingDefinition } from '../definitions.ts';
import { parseEventSourceArn } from '../delivery/event-source-arn.ts';
import { describeMapping } from '../delivery/mapping-record.ts';
import {
  EVENT_SOURCE_ARN,
  FUNCTION_NAME,
  invalid,
  refuseUnsupported,
  SETTINGS,
  withSettings,
} from '../delivery/mapping-settings.ts';
import { parseFunctionName } from '../functions/function-name.ts';
import { alreadyMapped, type MappingOperation } from '../mapping-operation.ts';

const VALIDATION = {
  EventSourceArn: EVENT_SOURCE_ARN,
  FunctionName: { ...FUNCTION_NAME, required: true },
  ...SETTINGS,
  StartingPosition: { type: 'String', oneOf: ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'] },
  StartingPositionTimestamp: { type: 'Timestamp' },
} as const satisfies Shape;

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const create: MappingOperation = ({ body }, { mappings, hasFunction, hasStream, now }) => {
  const input = validate(VALIDATION, body);
  const arn = input.EventSourceArn ?? '';
  if (arn === '') throw invalid('Unrecognized event source.');
  if (parseEventSourceArn(arn) === undefined) {
    throw invalid(
      `Unrecognized event source: the local Lambda reads streams of Kinesis and of DynamoDB (given ${arn})`,
    );
  }
  refuseUnsupported(body);
  const start = startIn(input, arn, now());
  const function_ = parseFunctionName(input.FunctionName);
  const definition = withSettings(
    { ...MAPPING_DEFAULTS, functionName: function_?.name ?? '', eventSourceArn: arn, ...start },
    input,
  );
  if (function_ === undefined || !hasFunction(function_)) throw invalid('Function does not exist');
  if (!hasStream(arn)) throw invalid(`Stream not found: ${arn}`);
  for (const { record } of mappings.list()) {
    if (record.qualifier !== function_.qualifier) continue;
    if (!mappings.joins(record.definition, function_.name, arn)) continue;
    throw alreadyMapped(record.definition.eventSourceArn, function_.name, record.uuid);
  }
  const { qualifier } = function_;
  const made = mappings.create(definition, { qualifier, enabled: input.Enabled ?? true });
  return { status: 202, body: describeMapping(made) };
};

function startIn(
  input: Input<typeof VALIDATION>,
  arn: string,
  now: number,
): Pick<MappingDefinition, 'startingPosition' | 'startingPositionTimestamp'> {
  const { StartingPosition: position, StartingPositionTimestamp: timestamp } = input;
  if (position === undefined) {
    throw invalid(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (position !== 'AT_TIMESTAMP') {
    if (timestamp !== undefined) throw invalid('Timestamp only valid with StartingPosition AT_TIMESTAMP');
    return { startingPosition: position, startingPositionTimestamp: null };
  }
  if (parseEventSourceArn(arn)?.kind === 'dynamodb') {
    throw invalid(`Unsupported starting position for arn type: ${arn}`);
  }
  if (timestamp === undefined)
    throw invalid('StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp');
  if (timestamp < 0) {
    throw invalid(
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    );
  }
  if (timestamp > now) {
    throw invalid(
      `StartingPositionTimestamp cannot be in the future (given ${new Date(timestamp).toISOString()})`,
    );
  }
  return { startingPosition: position, startingPositionTimestamp: timestamp };
}

export const createEventSourceMapping: MappingOperation = Object.assign(create, {
  differs:
    'Reads streams of Kinesis and of DynamoDB only. A failure may be told to an SNS topic or an S3 bucket, not to a queue. ' +
    "A consumer's ARN stands for its stream. Tags, MetricsConfig and the function's permissions are not looked at; KMSKeyArn is refused.",
});
