import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttributeValue, type Item, itemSize, sameItem } from './item.ts';

const text = fc.string({ maxLength: 4 });
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ S: text }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.uniqueArray(text, { minLength: 1 }) }),
    fc.record({ NS: fc.uniqueArray(fc.integer().map(String), { minLength: 1 }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(text, tie('value'), { maxKeys: 3 }) }),
  ),
}));
const item = fc.dictionary(text, value, { maxKeys: 4 });

/** The same, said backwards wherever the order means nothing. */
function backwards(said: Item): Item {
  return Object.fromEntries(
    Object.entries(said)
      .reverse()
      .map(([name, attribute]) => [name, backwardsValue(attribute)]),
  );
}

function backwardsValue(attribute: AttributeValue): AttributeValue {
  const [type = '', content] = Object.entries(attribute)[0]!;
  if (type === 'M') return { M: backwards(content as Item) };
  if (type === 'L') return { L: (content as AttributeValue[]).map(backwardsValue) };
  return Array.isArray(content) ? { [type]: [...content].reverse() } : attribute;
}

describe('items', () => {
  it('are the same in another order', () => {
    fc.assert(fc.property(item, (said) => sameItem(said, backwards(said))));
  });

  it('are other ones with an attribute more, less or of another value', () => {
    fc.assert(
      fc.property(item, text, value, (said, name, other) => {
        const { [name]: had, ...rest } = said;
        const changed = Object.assign(
          Object.fromEntries(Object.entries(rest)),
          Object.fromEntries([[name, other]]),
        );
        const same = had !== undefined && JSON.stringify(sorted(had)) === JSON.stringify(sorted(other));
        expect(sameItem(said, changed)).toBe(same);
        expect(sameItem(changed, said)).toBe(same);
        if (had !== undefined) expect(sameItem(said, rest)).toBe(false);
      }),
    );
  });

  it.each<[AttributeValue, AttributeValue]>([
    [{ S: '1' }, { N: '1' }],
    [{ L: [{ S: 'a' }, { S: 'b' }] }, { L: [{ S: 'b' }, { S: 'a' }] }],
    [{ SS: ['a', 'b'] }, { SS: ['a', 'c'] }],
    [{ SS: ['a'] }, { L: [{ S: 'a' }] }],
    [{ M: {} }, { M: { constructor: { S: '' } } }],
    [{ BOOL: true }, { BOOL: false }],
  ])('with %j and %j are not the same', (a, b) => {
    expect(sameItem({ it: a }, { it: b })).toBe(false);
  });
});

function sorted(attribute: AttributeValue): unknown {
  const [type = '', content] = Object.entries(attribute)[0]!;
  if (type === 'M') {
    return {
      M: Object.entries(content as Item)
        .map(([name, each]) => [name, sorted(each)])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    };
  }
  if (type === 'L') return { L: (content as AttributeValue[]).map(sorted) };
  return Array.isArray(content) ? { [type]: [...content].sort() } : attribute;
}

describe('sizes', () => {
  // Keys and images of the events that AWS shows.
  // Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
  const id = { Id: { N: '101' } };
  it.each<[string, readonly Item[], number]>([
    ['an insertion', [id, { ...id, Message: { S: 'New item!' } }], 26],
    [
      'a modification',
      [id, { ...id, Message: { S: 'New item!' } }, { ...id, Message: { S: 'This item has changed' } }],
      59,
    ],
    ['a removal', [id, { ...id, Message: { S: 'This item has changed' } }], 38],
  ])('of %s are those that AWS shows', (_, parts, size) => {
    expect(parts.reduce((bytes, part) => bytes + itemSize(part), 0)).toBe(size);
  });

  it.each<[AttributeValue, number]>([
    [{ S: 'ü🦄' }, 6],
    [{ B: Buffer.from('12345').toString('base64') }, 5],
    [{ N: '0' }, 1],
    [{ N: '7' }, 2],
    [{ N: '-7' }, 3],
    [{ N: '70000' }, 2],
    [{ N: '0.0001' }, 2],
    [{ N: '1234' }, 3],
    [{ N: '123.4' }, 4],
    [{ N: '12.345' }, 4],
    [{ BOOL: false }, 1],
    [{ NULL: true }, 1],
    [{ SS: ['a', 'bc'] }, 3],
    [{ BS: ['YQ==', 'YmM='] }, 3],
    [{ NS: ['1', '22'] }, 4],
    [{ L: [] }, 3],
    [{ L: [{ S: 'a' }, { N: '1' }] }, 8],
    [{ M: { ab: { S: 'c' } } }, 7],
  ])('of %j are %i bytes', (attribute, size) => {
    expect(itemSize({ '': attribute })).toBe(size);
  });
});
