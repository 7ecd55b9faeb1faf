import { type Shape, validate } from '../../protocol/validation.ts';
import { parseEventSourceArn } from '../delivery/event-source-arn.ts';
import { describeMapping, type MappingView } from '../delivery/mapping-record.ts';
import { EVENT_SOURCE_ARN, FUNCTION_NAME, invalid } from '../delivery/mapping-settings.ts';
import { parseFunctionName } from '../functions/function-name.ts';
import type { MappingOperation } from '../mapping-operation.ts';

const VALIDATION = {
  EventSourceArn: EVENT_SOURCE_ARN,
  FunctionName: FUNCTION_NAME,
  Marker: { type: 'String' },
  MaxItems: { type: 'Integer', min: 1, max: 10_000 },
} as const satisfies Shape;

/** Mappings of one answer, however many were asked for. Source: see listEventSourceMappings. */
const PAGE = 100;

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export const listEventSourceMappings: MappingOperation = ({ query }, { mappings }) => {
  const { MaxItems: most, ...texts }: Record<string, string> = Object.fromEntries(query);
  const input = validate(VALIDATION, { ...texts, ...(most === undefined ? {} : { MaxItems: count(most) }) });
  const after = input.Marker === undefined ? '' : uuidIn(input.Marker);
  const found = mappings
    .list()
    .filter(ofFunction(input.FunctionName))
    .filter(ofSource(input.EventSourceArn))
    .filter(({ record }) => record.uuid > after);
  const page = found.slice(0, Math.min(input.MaxItems ?? PAGE, PAGE));
  const last = page.at(-1);
  const more = last === undefined || page.length === found.length ? {} : { NextMarker: marker(last) };
  return { status: 200, body: { ...more, EventSourceMappings: page.map(describeMapping) } };
};

/** With a version or alias, what was mapped by that name; without, all of the function. */
function ofFunction(given: string | undefined): (view: MappingView) => boolean {
  if (given === undefined) return () => true;
  const wanted = parseFunctionName(given);
  return ({ record }) =>
    record.definition.functionName === wanted?.name &&
    (wanted.qualifier === null || record.qualifier === wanted.qualifier);
}

function ofSource(given: string | undefined): (view: MappingView) => boolean {
  if (given === undefined) return () => true;
  const resource = parseEventSourceArn(given)?.resource;
  return ({ record }) =>
    resource !== undefined && parseEventSourceArn(record.definition.eventSourceArn)?.resource === resource;
}

/** @throws ServiceError SerializationException, by way of `validate`, if it is no number */
function count(text: string): number | string {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text;
}

function marker({ record }: MappingView): string {
  return Buffer.from(record.uuid).toString('base64url');
}

function uuidIn(given: string): string {
  const uuid = Buffer.from(given, 'base64url').toString('latin1');
  if (/^[0-9a-f-]{36}$/.test(uuid)) return uuid;
  throw invalid(`Marker must be a NextMarker of an earlier answer (given ${given.slice(0, 60)})`);
}
