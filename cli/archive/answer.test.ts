import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { type AnswerPage, ndjson, tablePrinter } from './answer.ts';

const plain = new Chalk({ level: 0 });

test('NDJSON: numbers as they are, NULL, and names that are there twice', () => {
  const page: AnswerPage = {
    columns: [
      { name: 'a', kind: 'number' },
      { name: 'a', kind: 'text' },
      { name: 'a_2', kind: 'json' },
      { name: 'n', kind: 'number' },
    ],
    rows: [
      ['12345678901234567890.10', '1', 'true', null],
      ['1E+30', '"', '[1]', 'Infinity'],
    ],
  };
  expect(ndjson(page)).toEqual([
    '{"a":12345678901234567890.10,"a_3":"1","a_2":true,"n":null}',
    '{"a":1E+30,"a_3":"\\"","a_2":[1],"n":"Infinity"}',
  ]);
});

describe('a table', () => {
  const columns: AnswerPage['columns'] = [
    { name: 'Name', kind: 'text' },
    { name: 'n', kind: 'number' },
    { name: 'long', kind: 'text' },
  ];

  test('is as wide as its first page needs; wide values are cut, later pages have no heading', () => {
    const print = tablePrinter(200, plain, () => expect.unreachable());
    expect(print({ columns, rows: [['🦄', '1', 'x'.repeat(99)]] })).toEqual([
      ` Name n long`,
      ` 🦄   1 ${'x'.repeat(31)}…`,
    ]);
    expect(print({ columns, rows: [['Rocinante', '2', '']] })).toEqual([' Roc… 2']);
  });

  test('tells of columns that the screen has no room for', () => {
    const hidden: number[] = [];
    const print = tablePrinter(8, plain, (count) => hidden.push(count));
    expect(print({ columns, rows: [['A', '1', 'x']] })).toEqual([' Name n', ' A    1']);
    print({ columns, rows: [['B', '2', 'y']] });
    expect(hidden).toEqual([1]);
  });
});
