import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCbor, encodeCbor, type JsonValue } from './cbor-codec.ts';

const NOTHING = { isBytes: () => false, isTime: () => false };
const BY_NAME = { isBytes: (name: string) => name === 'Data', isTime: (name: string) => name === 'At' };

/** JSON values, without -0, which JSON does not keep. */
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

test('reads what it wrote, and so does the codec of the SDK', () => {
  fc.assert(
    fc.property(json, (value) => {
      const written = encodeCbor(value, NOTHING);
      expect(decodeCbor(written)).toEqual(value);
      expect(cbor.deserialize(written)).toEqual(value);
    }),
  );
});

test('reads what the codec of the SDK wrote', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(decodeCbor(Buffer.from(cbor.serialize(value)))).toEqual(value);
    }),
  );
});

test('writes bytes and times as such, and reads them as JSON has them', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: -1e12, max: 1e13 }), (data, time) => {
      const value = { Data: Buffer.from(data).toString('base64'), At: time / 1000, Other: 'Data' };
      const written = encodeCbor(value, BY_NAME);
      expect(decodeCbor(written)).toEqual(value);
      expect(cbor.deserialize(written)).toEqual({
        Data: Buffer.from(data),
        At: { tag: 1, value: time, [Object.getOwnPropertySymbols(cbor.deserialize(TIME))[0]!]: true },
        Other: 'Data',
      });
    }),
  );
});

const TIME = Buffer.from([0xc1, 0x00]);

/** Maps and strings without a length, as the Java SDK writes them, and numbers of every size. */
test.each([
  ['bf6141017f61626163ff9f02ffff', { A: 1, bc: [2] }],
  ['5f4161426263ff', Buffer.from('abc').toString('base64')],
  ['c11b000001a013accc38', 1_787_036_486.712],
  ['c1fb42374876e8000000', 100_000_000],
  ['c120', -0.001],
  ['fa3fc00000', 1.5],
  ['18ff', 255],
  ['19ffff', 65_535],
  ['1affffffff', 4_294_967_295],
  ['1b0020000000000000', 2 ** 53],
  ['3903e7', -1000],
  ['f7', null],
  ['a1695f5f70726f746f5f5f01', JSON.parse('{"__proto__":1}')],
])('reads %s', (hex, value) => {
  expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value);
});

test.each([
  ['', 'nothing'],
  ['0000', 'two values'],
  ['a10102', 'a name that is a number'],
  ['a1c16141', 'a name with a tag'],
  ['c2420102', 'a large number'],
  ['c4820202', 'a decimal fraction'],
  ['c16161', 'a time that is text'],
  ['c1f5', 'a time that is true'],
  ['7f4161ff', 'bytes in text'],
  ['7f7f6161ffff', 'text without length in text without length'],
  ['9f01', 'a list without end'],
  ['9bffffffffffffffff', 'a list that is too long'],
  ['5bffffffffffffffff', 'bytes that are too long'],
  ['1c', 'a number of no size'],
  ['f8ff', 'an unknown simple value'],
  ['ff', 'an end without a beginning'],
  ['81'.repeat(10_000), 'lists in lists'],
  ['c1'.repeat(10_000), 'tags of tags'],
])('refuses %s, which is %s', (hex) => {
  expect(() => decodeCbor(Buffer.from(hex, 'hex'))).toThrow(RangeError);
});

test('reads any bytes or refuses them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        decodeCbor(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});
