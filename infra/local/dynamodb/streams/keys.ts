/** Keys of the database that are the streams', in order of the streams' beginnings. No table's name has a `~`. */
const ID_DIGITS = 13;
const INDEX_DIGITS = 11;

/** Range of all streams' entries. */
export const STREAM_ENTRIES = { gt: 'stream~', lt: 'stream~~' } as const;

/** Key of a stream's entry. */
export function streamKey(streamId: number): string {
  return `stream~${digits(streamId, ID_DIGITS)}`;
}

/** Key of the index before which a stream's changes were deleted: apart, as another's hand writes it. */
export function horizonKey(streamId: number): string {
  return `horizon~${digits(streamId, ID_DIGITS)}`;
}

/** Key of a change. */
export function changeKey(streamId: number, index: number): string {
  return `${changePrefix(streamId)}${digits(index, INDEX_DIGITS)}`;
}

/** Range of all changes of a stream. */
export function changesOf(streamId: number): { readonly gt: string; readonly lt: string } {
  return { gt: changePrefix(streamId), lt: `${changePrefix(streamId)}~` };
}

/** The index in the key of a change. */
export function indexIn(key: string): number {
  return Number(key.slice(-INDEX_DIGITS));
}

function changePrefix(streamId: number): string {
  return `change~${digits(streamId, ID_DIGITS)}~`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
