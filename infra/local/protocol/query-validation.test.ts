import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServiceError } from './errors.ts';
import { queryOperation } from './query-validation.ts';

const echo = queryOperation(
  {
    Name: { type: 'String', required: true, min: 1, max: 8 },
    Count: { type: 'Integer', min: 1, max: 10 },
    Only: { type: 'Boolean' },
    Names: { type: 'List', max: 2, each: { type: 'String', max: 3 } },
    Tags: {
      type: 'List',
      max: 2,
      each: {
        type: 'Structure',
        members: { Key: { type: 'String', required: true }, Value: { type: 'String' } },
      },
    },
  },
  (input) => JSON.stringify(input),
);

function answer(form: Readonly<Record<string, string>>): unknown {
  try {
    return JSON.parse(String(echo(new URLSearchParams(form), undefined)));
  } catch (error) {
    if (error instanceof ServiceError) return `${error.type}: ${error.message}`;
    throw error;
  }
}

test('reads fields of every type by their flat names, and passes over others', () => {
  expect(
    answer({
      Name: 'a',
      Count: '3',
      Only: 'True',
      'Names.member.1': 'x',
      'Names.member.2': '',
      'Tags.member.1.Key': 'k',
      'Tags.member.1.Value': 'v',
      'Tags.member.2.Key': 'l',
      Other: '1',
    }),
  ).toEqual({
    Name: 'a',
    Count: 3,
    Only: true,
    Names: ['x', ''],
    Tags: [{ Key: 'k', Value: 'v' }, { Key: 'l' }],
  });
  expect(answer({ Name: 'a', Names: '' })).toEqual({ Name: 'a', Names: [] });
});

test.each([
  [{}, "Value null at 'name' failed to satisfy constraint: Member must not be null"],
  [
    { Name: 'a', Count: '11' },
    "Value '11' at 'count' failed to satisfy constraint: Member must have value less",
  ],
  [{ Name: 'a', 'Names.member.1': 'long' }, "Value 'long' at 'names.1.member' failed to satisfy constraint"],
  [
    { Name: 'a', 'Tags.member.1.Value': 'v' },
    "Value null at 'tags.1.member.key' failed to satisfy constraint",
  ],
  [
    { Name: 'a', 'Names.member.1': '', 'Names.member.2': '', 'Names.member.3': '' },
    "Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 2",
  ],
])('says what is wrong with %j', (form, message) => {
  expect(answer(form)).toContain(`ValidationError: 1 validation error detected: ${message}`);
});

test.each([
  { Name: 'a', Count: 'x' },
  { Name: 'a', Count: '1e3' },
  { Name: 'a', Count: '' },
  { Name: 'a', Only: 'yes' },
])('refuses %j as mistyped', (form) => {
  expect(answer(form)).toMatch(/^MalformedInput: /);
});

test('never fails in another way, whatever it is given', () => {
  const name = fc.constantFrom(
    'Name',
    'Count',
    'Only',
    'Names',
    'Names.member.1',
    'Tags.member.1',
    'Tags.member.1.Key',
    '__proto__',
  );
  fc.assert(fc.property(fc.dictionary(name, fc.string()), (form) => void answer(form)));
});
