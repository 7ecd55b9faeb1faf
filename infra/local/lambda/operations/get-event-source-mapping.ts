import { describeMapping } from '../delivery/mapping-record.ts';
import { type MappingOperation, noMapping } from '../mapping-operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
const get: MappingOperation = ({ uuid }, { mappings }) => {
  const found = mappings.get(uuid);
  if (found === undefined) throw noMapping();
  return { status: 200, body: describeMapping(found) };
};

export const getEventSourceMapping: MappingOperation = Object.assign(get, {
  differs:
    'States change at once, or when the invocation under way has ended: the answer to a change tells the state between.',
});
