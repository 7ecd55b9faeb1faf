import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPrefixes, evaluatePrefix, objectName } from './prefix.ts';

/** Of AWS's examples. Source: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
const OLDEST = Date.UTC(2018, 7, 27, 10, 30, 7, 9);

const evaluate = (prefix: string, errorPrefix: string | null, error: string | null) =>
  evaluatePrefix({ prefix, errorPrefix, error, oldest: OLDEST });

describe('a prefix', () => {
  it.each([
    ['', null, '2018/08/27/10/', 'processing-failed/2018/08/27/10/'],
    ['in', null, 'in2018/08/27/10/', 'inprocessing-failed/2018/08/27/10/'],
    ['in/', null, 'in/2018/08/27/10/', 'in/processing-failed/2018/08/27/10/'],
    ['in/', 'bad/', 'in/2018/08/27/10/', 'bad/processing-failed/2018/08/27/10/'],
    ['', 'bad/!{firehose:error-output-type}/', '2018/08/27/10/', 'bad/processing-failed/'],
    [
      'year=!{timestamp:yyyy}/month=!{timestamp:MM}/hour=!{timestamp:HH}/',
      "bad/!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/!{firehose:error-output-type}",
      'year=2018/month=08/hour=10/',
      'bad/year=2018/month=08/day=27/hour=10/processing-failed',
    ],
    [
      "!{timestamp:yy-M-d h''m ss.SSS D}",
      '!{firehose:error-output-type}',
      "18-8-27 10'30 07.009 239",
      'processing-failed',
    ],
  ])('%j with %j for errors is %j and %j', (prefix, errorPrefix, good, bad) => {
    expect(evaluate(prefix, errorPrefix, null)).toBe(good);
    expect(evaluate(prefix, errorPrefix, 'processing-failed')).toBe(bad);
    checkPrefixes(prefix, errorPrefix);
  });

  it('may have random letters, others at each place', () => {
    const random = '!{firehose:random-string}';
    const [one, two] = evaluate(`${random}/${random}/!{timestamp:yyyy}`, 'x', null).split('/');
    expect([one, two]).toEqual([expect.stringMatching(/^.{11}$/), expect.stringMatching(/^.{11}$/)]);
    expect(one).not.toBe(two);
  });

  it.each([
    ['!{timestamp:yyyy}', null, 'ErrorOutputPrefix cannot be null'],
    ['!{firehose:error-output-type}', 'e', 'Prefix cannot contain'],
    ['', '!{timestamp:yyyy}/', 'must contain !{firehose:error-output-type}'],
    ['!{partitionKeyFromQuery:a}/', '!{firehose:error-output-type}', 'does not know the expression'],
    ['!{timestamp:QQ}', '!{firehose:error-output-type}', 'does not know QQ'],
    ['a!{b', '!{firehose:error-output-type}', 'can only appear in'],
    ['x'.repeat(513), null, 'at most 512 characters'],
  ])('%j with %j for errors is refused', (prefix, errorPrefix, reason) => {
    expect(() => checkPrefixes(prefix, errorPrefix)).toThrow(
      expect.objectContaining({ type: 'InvalidArgumentException', message: expect.stringContaining(reason) }),
    );
  });

  it('is taken or refused, whatever it is', () => {
    const pieces = fc.constantFrom(
      '!{',
      '}',
      ':',
      "'",
      'timestamp',
      'firehose',
      'random-string',
      'yyyy',
      'é',
      '$&',
      '/',
    );
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (prefix, errorPrefix) => {
        try {
          checkPrefixes(prefix, errorPrefix);
        } catch (error) {
          expect(error).toMatchObject({ type: 'InvalidArgumentException' });
          return;
        }
        expect(evaluate(prefix, errorPrefix, null)).not.toContain('!{');
      }),
    );
  });
});

describe("an object's name", () => {
  it('is the same for the same records, and another for others', () => {
    const stream = { name: 'likes', version: 3 };
    const name = objectName(stream, OLDEST, 'a');
    expect(name).toMatch(/^likes-3-2018-08-27-10-30-07-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(objectName(stream, OLDEST, 'a')).toBe(name);
    expect(objectName(stream, OLDEST, 'b')).not.toBe(name);
  });
});
