/**
 * The index of a table or stream: its name in lower case. Both have letters, digits, `_`, `-` and `.` in theirs, and an
 * index the same, but it begins with none of the three: that character is then `=` and its hexadecimal code, which no
 * table or stream has. Names that differ in case alone share an index.
 * Source: https://docs.opensearch.org/latest/api-reference/index-apis/create-index/
 */
export function indexNameOf(name: string): string {
  const lower = name.toLowerCase();
  return /^[-_.]/.test(lower) ? `=${lower.charCodeAt(0).toString(16)}${lower.slice(1)}` : lower;
}
