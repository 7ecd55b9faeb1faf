import type { Question } from '../../infra/archive/question.ts';
import {
  type Parameters,
  parametersOf,
  preparedSql,
  SAVED_QUERIES,
} from '../../infra/archive/saved-queries.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';

/**
 * A saved query with its values, which never become part of the SQL.
 *
 * @throws WildRydesError USAGE when there is none of this name, or when a value is missing
 */
export function savedQuestion(saved: string, parameters: Parameters): Question {
  if (!Object.hasOwn(SAVED_QUERIES, saved)) {
    throw new WildRydesError(
      'USAGE',
      `--saved must be one of ${Object.keys(SAVED_QUERIES).join(', ')} (given ${quote(saved)})`,
    );
  }
  const query = SAVED_QUERIES[saved as keyof typeof SAVED_QUERIES];
  const values = parametersOf(query).map((parameter) => {
    const value = parameters[parameter];
    if (value !== undefined) return value;
    throw new WildRydesError('USAGE', `--saved ${saved} needs --${parameter} (given nothing)`, {
      next: `For example: ./wildrydes query --archive --saved ${saved} --${parameter} ${EXAMPLES[parameter]}`,
    });
  });
  return { sql: preparedSql(query), values };
}

const EXAMPLES = { name: 'Rocinante', since: '10m' } as const satisfies Record<keyof Parameters, string>;
