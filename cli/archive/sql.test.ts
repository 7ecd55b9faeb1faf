import { describe, expect, test } from 'vitest';
import { readSql } from './sql.ts';

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
