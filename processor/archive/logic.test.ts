import { NumberValue } from '@aws-sdk/lib-dynamodb';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReading, encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { silentObserver, virtualEffort } from '../fixture.ts';
import { HANDLED, type Verdict } from '../settle.ts';
import type { Put, WriteItems } from '../table-writer.ts';
import likes from './event.json' with { type: 'json' };
import { itemOf } from './event.ts';
import { MOST_ANSWERED, type TransformationOptions, transform } from './logic.ts';

const eventOf = (contents: readonly (string | Uint8Array)[]): FirehoseTransformationEvent => ({
  invocationId: 'i',
  deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/wildrydes-archive',
  region: 'us-east-1',
  records: contents.map((content, n) => ({
    recordId: `record-${n}`,
    approximateArrivalTimestamp: 0,
    data: Buffer.from(content).toString('base64'),
  })),
});

const run = (contents: readonly (string | Uint8Array)[], options: Partial<TransformationOptions> = {}) =>
  transform(
    eventOf(contents),
    { events: 'any', write: undefined, observer: silentObserver, ...options },
    virtualEffort(10_000),
  );

/** Records as they come out: their text, or that they failed. */
const outcomes = async (...given: Parameters<typeof run>) =>
  (await run(...given)).records.map(({ result, data = '' }) =>
    result === 'Ok' ? Buffer.from(data, 'base64').toString() : result,
  );

const READING = encodeReading({
  Name: 'Ñandú 🦄',
  StatusTime: '2026-05-01 09:07:59.999',
  Latitude: 40.75,
  Longitude: -73.99,
  Distance: 30,
  MagicPoints: 150,
  HealthPoints: 149,
});

const DATED = `${READING.trimEnd().slice(0, -1)},"Year":2026,"Month":5,"Day":1,"Hour":9,"Minute":7}\n`;

describe('the archive', () => {
  it('adds the parts of its time to a reading, in UTC, and changes nothing else of it', async () => {
    expect(await outcomes([READING])).toEqual([DATED]);
    const offset = READING.replace('2026-05-01 09:07:59.999', '2026-05-01T02:30:00+05:45').replace(
      '}',
      ',"more":[1.50]}',
    );
    expect(await outcomes([offset], { events: 'readings' })).toEqual([
      `${offset.trimEnd().slice(0, -1)},"Year":2026,"Month":4,"Day":30,"Hour":20,"Minute":45}\n`,
    ]);
  });

  it.each(['Year', 'Month', 'Day', 'Hour', 'Minute', '"Year"'])(
    'dates a unicorn of the name %s',
    async (name) => {
      const named = (text: string) => text.replace('"Ñandú 🦄"', JSON.stringify(name));
      expect(await outcomes([named(READING)])).toEqual([named(DATED)]);
    },
  );

  it('leaves a reading alone that it has dated before', async () => {
    expect(await outcomes([DATED], { events: 'readings' })).toEqual([DATED]);
  });

  it('passes any JSON object where any is wanted, exact to the digit, one newline after each', async () => {
    const contents = [
      '{"element_class":"a","n":12345678901234567890.10}',
      '{"a":1}\r\n\n{"b":2}\n',
      '{\n  "pretty": "a\\nb"\n}\n',
      '\ufeff{"marked":true}',
    ];
    expect(await outcomes(contents)).toEqual([
      '{"element_class":"a","n":12345678901234567890.10}\n',
      '{"a":1}\n{"b":2}\n',
      '{ "pretty": "a\\nb" }\n',
      '{"marked":true}\n',
    ]);
  });

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['white space', ' \n'],
    ['text', 'neigh'],
    ['a list', '[{"a":1}]'],
    ['half an object', '{"a":'],
    ['an object and more', '{"a":1} x'],
    ['one bad line among good ones', '{"a":1}\n{"b":\n{"c":3}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('fails a record of %s, and no other', async (_, bad) => {
    expect(await outcomes(['{"a":1}', bad, '{"b":2}'])).toEqual([
      '{"a":1}\n',
      'ProcessingFailed',
      '{"b":2}\n',
    ]);
  });

  it('passes valid readings only where readings are wanted', async () => {
    const contents = [READING, '{"element_class":"a"}', READING.replace('150', '"150"')];
    expect(await outcomes(contents, { events: 'readings' })).toEqual([
      DATED,
      'ProcessingFailed',
      'ProcessingFailed',
    ]);
  });

  it('names what is no event of Firehose', async () => {
    const call = transform(
      { Records: [] } as never,
      { events: 'any', write: undefined, observer: silentObserver },
      virtualEffort(1_000),
    );
    await expect(call).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('Firehose') });
  });

  it('answers every record once, in order, with what was sent and nothing doubled, whatever comes', async () => {
    const content = fc.oneof(
      fc.constant(READING),
      fc.json().map((text) => `${text}\n`),
      fc.uint8Array({ maxLength: 40 }),
      fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((time) => READING.replace('2026-05-01 09:07:59.999', formatStatusTime(time.getTime()))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 20 }), async (contents) => {
        const { records } = await run(contents);
        expect(records.map(({ recordId }) => recordId)).toEqual(contents.map((_, n) => `record-${n}`));
        for (const [n, { result, data = '' }] of records.entries()) {
          const sent = Buffer.from(contents[n]!);
          const text = Buffer.from(data, 'base64').toString();
          const isObject = (() => {
            try {
              const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(sent));
              return typeof value === 'object' && value !== null && !Array.isArray(value);
            } catch {
              return false;
            }
          })();
          expect(result).toBe(isObject ? 'Ok' : 'ProcessingFailed');
          if (!isObject) continue;
          expect(text.match(/\n/g)).toHaveLength(1);
          const reading = decodeReading(sent);
          if (!reading.ok) {
            expect(text.trim()).toBe(sent.toString().trim());
            continue;
          }
          const { Year, Month, Day, Hour, Minute, ...rest } = JSON.parse(text) as Record<string, number>;
          const two = (part: number | undefined) => String(part).padStart(2, '0');
          expect(rest).toEqual(JSON.parse(sent.toString()));
          expect(
            `${String(Year).padStart(4, '0')}-${two(Month)}-${two(Day)} ${two(Hour)}:${two(Minute)}`,
          ).toBe(reading.reading.StatusTime.slice(0, 16));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the limit of the answer', () => {
  it('is 6 MB of JSON, and is kept at any size, at the cost of date parts first and of records then', async () => {
    const sizes = fc.array(fc.constantFrom(READING, '{"a":1}', `{"b":"${'x'.repeat(300)}"}`, 'bad'), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.double({ min: 0, max: 1.1, noNaN: true }), async (contents, share) => {
        const whole = JSON.stringify(await run(contents));
        const least = JSON.stringify(await run(contents, { mostAnswered: 0 })).length;
        const mostAnswered = Math.round(least + (whole.length + 1 - least) * share);
        const answer = await run(contents, { mostAnswered });
        expect(JSON.stringify(answer).length).toBeLessThanOrEqual(mostAnswered);
        if (share >= 1) expect(JSON.stringify(answer)).toBe(whole);
        const known = new Set([...contents.map((text) => `${text.trim()}\n`), DATED]);
        for (const { result, data = '' } of answer.records) {
          if (result === 'Ok') expect(known).toContain(Buffer.from(data, 'base64').toString());
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lets as many readings keep their date parts as there is room for', async () => {
    const contents = Array.from({ length: 21_000 }, () => READING);
    const answer = await run(contents);
    const lengths = answer.records.map(({ data = '' }) => Buffer.from(data, 'base64').length);
    const size = JSON.stringify(answer).length;
    expect(size).toBeLessThanOrEqual(MOST_ANSWERED);
    expect(size).toBeGreaterThan(MOST_ANSWERED - 1_000);
    expect(new Set(lengths)).toEqual(new Set([Buffer.byteLength(DATED), Buffer.byteLength(READING)]));
    expect(lengths.indexOf(Buffer.byteLength(READING))).toBeGreaterThan(10_000);
  });
});

describe('with a table', () => {
  function tableThat(judge: (put: Put) => Verdict) {
    const items: Put['item'][] = [];
    const write: WriteItems = async (puts) => {
      items.push(...puts.map(({ item }) => item));
      return puts.map(judge);
    };
    return { items, write };
  }

  it('writes each event of the classic example, as it is', async () => {
    const { items, write } = tableThat(() => HANDLED);
    const answer = await transform(
      likes,
      { events: 'any', write, observer: silentObserver },
      virtualEffort(10_000),
    );
    expect(items).toEqual([
      { element_class: 'unicorn_Rocinante', likes_count: 7 },
      { element_class: 'unicorn_Shadowfax', likes_count: 12 },
    ]);
    expect(answer.records.map(({ result }) => result)).toEqual(['Ok', 'Ok']);
  });

  it('fails the record of an event that the table refuses for good, and no other', async () => {
    const { write } = tableThat(({ item }) =>
      item.element_class === 'bad' ? { outcome: 'refused', reason: 'too large' } : HANDLED,
    );
    const line = (name: string) => `{"element_class":"${name}"}\n`;
    expect(await outcomes([line('a'), `${line('b')}${line('bad')}`, line('c')], { write })).toEqual([
      line('a'),
      'ProcessingFailed',
      line('c'),
    ]);
  });

  it('fails the invocation when the table does not answer, so that Firehose repeats it', async () => {
    const { write } = tableThat(() => ({ outcome: 'failed', reason: 'not written: throttled' }));
    await expect(run(['{"element_class":"a"}'], { write })).rejects.toThrow('not written: throttled');
  });
});

describe('an event as an item', () => {
  it('keeps numbers that a double cannot keep, and no others, as they are written', () => {
    const text =
      '{"a":12345678901234567890,"b":0.1,"c":[1e400,-0.12345678901234567],"d":"12345678901234567890","e":9007199254740991,"f":"q\\"7\\\\"}';
    expect(itemOf({ text })).toEqual({
      a: NumberValue.from('12345678901234567890'),
      b: 0.1,
      c: [NumberValue.from('1e400'), NumberValue.from('-0.12345678901234567')],
      d: '12345678901234567890',
      e: NumberValue.from('9007199254740991'),
      f: 'q"7\\',
    });
  });

  it('is what JSON says, of any event', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (event) => {
        const text = JSON.stringify(event);
        const plain = JSON.stringify(itemOf({ text }), (_, value: unknown) =>
          value instanceof NumberValue ? Number(value.value) : value,
        );
        expect(JSON.parse(plain)).toEqual(JSON.parse(text));
      }),
    );
  });
});
