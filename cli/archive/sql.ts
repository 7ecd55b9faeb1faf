import { LEADING } from '../../infra/archive/question.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

const READS = /^(?:select|with|values|show|describe|desc)\b/i;

/**
 * Checks that a statement asks and changes nothing: on AWS it would act on whatever the credentials allow. Ends of
 * statements are cut off.
 *
 * @throws WildRydesError USAGE
 */
export function readSql(text: string): string {
  const sql = text.replace(/[\s;]+$/, '');
  const first = sql.replace(LEADING, '');
  if (READS.test(first)) return sql;
  throw new WildRydesError(
    'USAGE',
    `--archive must be a query that begins with SELECT, WITH, VALUES, SHOW or DESCRIBE (given ${
      /^\S+/.exec(first)?.[0].slice(0, 40) ?? 'nothing'
    })`,
    { next: `Try: ./wildrydes query --archive "SELECT COUNT(*) FROM readings"` },
  );
}
