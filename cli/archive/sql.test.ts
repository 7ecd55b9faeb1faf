import { describe, expect, test } from 'vitest';
import { readSql, withTable } from './sql.ts';

describe('a question only asks', () => {
  test.each([
    'SELECT 1',
    'select 1 ; \n',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    '-- why\n/* and\nhow */ (SELECT 1)',
    'SHOW TABLES',
    'DESCRIBE readings',
    'VALUES (1)',
  ])('%j', (sql) => {
    expect(readSql(sql)).toBe(sql.replace(/[\s;]+$/, ''));
  });

  test.each([
    'DROP TABLE readings',
    '/* SELECT */ DELETE FROM readings',
    '-- SELECT\nUNLOAD (SELECT 1)',
    "COPY readings TO 'x'",
    'selection',
    ';',
    '-- SELECT',
  ])('%j does not', (sql) => {
    expect(() => readSql(sql)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

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
