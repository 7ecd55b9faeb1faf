import { describeMapping } from '../delivery/mapping-record.ts';
import { inUse, type MappingOperation, noMapping } from '../mapping-operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html */
const remove: MappingOperation = ({ uuid }, { mappings }) => {
  const found = mappings.get(uuid);
  if (found === undefined) throw noMapping();
  if (found.state !== 'Enabled' && found.state !== 'Disabled') throw inUse('delete');
  const deleted = mappings.delete(uuid);
  if (deleted === undefined) throw noMapping();
  return { status: 202, body: describeMapping(deleted) };
};

export const deleteEventSourceMapping: MappingOperation = Object.assign(remove, {
  differs: "The kit's own mappings come back at the next start, and go on where they stopped.",
});
