import { expect, test } from 'vitest';
import { withTable } from './question.ts';

test.each([
  ['SELECT 1', 'WITH t AS (VALUES 1)\nSELECT 1'],
  ['-- why\nSELECT 1', 'WITH t AS (VALUES 1)\n-- why\nSELECT 1'],
  ['(SELECT 1) UNION (SELECT 2)', 'WITH t AS (VALUES 1)\n(SELECT 1) UNION (SELECT 2)'],
  ['WITH a AS (SELECT 1) SELECT 2', 'WITH t AS (VALUES 1),\na AS (SELECT 1) SELECT 2'],
  ['with recursive a AS (SELECT 1) SELECT 2', 'WITH RECURSIVE t AS (VALUES 1),\na AS (SELECT 1) SELECT 2'],
  ['SHOW TABLES', 'SHOW TABLES'],
])('a table expression in front of %j', (sql, expected) => {
  expect(withTable(sql, 't', 'VALUES 1')).toBe(expected);
});
