import { type Shape, validate } from '../../protocol/validation.ts';
import { describeMapping, type MappingRecord } from '../delivery/mapping-record.ts';
import {
  FUNCTION_NAME,
  invalid,
  refuseUnsupported,
  SETTINGS,
  withSettings,
} from '../delivery/mapping-settings.ts';
import { parseFunctionName } from '../functions/function-name.ts';
import { alreadyMapped, inUse, type MappingOperation, noMapping } from '../mapping-operation.ts';

const VALIDATION = { FunctionName: FUNCTION_NAME, ...SETTINGS } as const satisfies Shape;

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
const update: MappingOperation = ({ uuid, body }, { mappings, hasFunction }) => {
  const input = validate(VALIDATION, body ?? {});
  const found = mappings.get(uuid);
  if (found === undefined) throw noMapping();
  if (found.state !== 'Enabled' && found.state !== 'Disabled') throw inUse('update');
  refuseUnsupported(body);
  const { record } = found;
  const function_ =
    input.FunctionName === undefined
      ? { name: record.definition.functionName, qualifier: record.qualifier }
      : parseFunctionName(input.FunctionName);
  const definition = withSettings({ ...record.definition, functionName: function_?.name ?? '' }, input);
  if (function_ === undefined || (input.FunctionName !== undefined && !hasFunction(function_))) {
    throw invalid('Function does not exist');
  }
  for (const { record: other } of mappings.list()) {
    if (other.uuid === uuid || other.qualifier !== function_.qualifier) continue;
    if (!mappings.joins(other.definition, function_.name, definition.eventSourceArn)) continue;
    throw alreadyMapped(definition.eventSourceArn, function_.name, other.uuid);
  }
  const change: Pick<MappingRecord, 'definition' | 'qualifier' | 'enabled'> = {
    definition,
    qualifier: function_.qualifier,
    enabled: input.Enabled ?? record.enabled,
  };
  const changed = mappings.update(uuid, change);
  if (changed === undefined) throw noMapping();
  return { status: 202, body: describeMapping(changed) };
};

export const updateEventSourceMapping: MappingOperation = Object.assign(update, {
  differs: "Of the kit's own mappings, a change lasts until the next start, where its manifest wins.",
});
