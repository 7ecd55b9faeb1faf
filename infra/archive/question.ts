/** A query, and the values of its `?` in order. Values are text: the SQL says what they are. */
export interface Question {
  readonly sql: string;
  readonly values: readonly string[];
}

/** White space and comments in front of a statement. */
export const LEADING = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*/;

/**
 * Puts a table expression in front of a query, beside those that it has. It stands on a line of its own, so that the
 * columns that an error tells are the query's.
 *
 * @param name of the table expression
 * @param definition its query, on one line
 */
export function withTable(sql: string, name: string, definition: string): string {
  const leading = LEADING.exec(sql)?.[0] ?? '';
  const statement = sql.slice(leading.length);
  if (!/^(?:select|with|values)\b/i.test(statement)) return sql;
  const others = /^with\s+(recursive\s+)?/i.exec(statement);
  if (others === null || leading.includes('(')) return `WITH ${name} AS (${definition})\n${sql}`;
  const recursive = others[1] === undefined ? '' : 'RECURSIVE ';
  return `WITH ${recursive}${name} AS (${definition}),\n${statement.slice(others[0].length)}`;
}
