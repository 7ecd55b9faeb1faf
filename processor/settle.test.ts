import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinesisEvent, kinesisRecord, sequenceNumber } from './fixture.ts';
import type { RefusedRecord } from './quarantine/quarantine.ts';
import { decodeRecords } from './records.ts';
import { batchResponse, HANDLED, settle, type Verdict } from './settle.ts';

const refused: Verdict = { outcome: 'refused', reason: 'no summary' };
const failed: Verdict = { outcome: 'failed', reason: 'throttled' };

function recordsOf(count: number) {
  const records = Array.from({ length: count }, (_, n) => kinesisRecord({ n, data: String(n) }));
  return decodeRecords(kinesisEvent(records), () => ({ ok: true as const }));
}

/** A quarantine that accepts so many records, and no more. */
function quarantineOf(room: number) {
  const entries: RefusedRecord[] = [];
  const quarantine = async (given: readonly RefusedRecord[]) => {
    entries.push(...given.slice(0, room));
    return {
      acknowledged: new Set(given.slice(0, room).map(({ record }) => record.sequenceNumber)),
      reason: given.length > room ? 'stream is gone' : undefined,
    };
  };
  return { entries, quarantine };
}

describe('settle', () => {
  it.each([
    ['first', 0],
    ['middle', 2],
    ['last', 4],
  ])('quarantines a refused record that comes %s, and answers that all is well', async (_, at) => {
    const verdicts = Array.from({ length: 5 }, (_, place) => (place === at ? refused : HANDLED));
    const { entries, quarantine } = quarantineOf(10);
    const settlements = await settle(recordsOf(5), verdicts, quarantine);
    expect(settlements.map(({ outcome }) => outcome)).toEqual(
      verdicts.map((verdict) => (verdict === refused ? 'quarantined' : 'handled')),
    );
    expect(entries.map(({ record, reason }) => [record.sequenceNumber, reason])).toEqual([
      [sequenceNumber(at), 'no summary'],
    ]);
    expect(batchResponse(settlements)).toEqual({ batchItemFailures: [] });
  });

  it('fails what cannot be quarantined, so that it comes again', async () => {
    const settlements = await settle(recordsOf(3), [HANDLED, refused, HANDLED], quarantineOf(0).quarantine);
    expect(settlements[1]).toMatchObject({ outcome: 'failed', reason: 'not quarantined: stream is gone' });
    expect(batchResponse(settlements)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }],
    });
  });

  it('fails what is refused by a function without quarantine', async () => {
    const settlements = await settle(recordsOf(1), [refused]);
    expect(settlements[0]?.outcome).toBe('failed');
  });

  it('quarantines no record that Lambda delivers again, and loses none that it does not', async () => {
    const verdicts = fc.array(fc.constantFrom(HANDLED, refused, failed), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(verdicts, fc.nat(4), async (given, room) => {
        const { entries, quarantine } = quarantineOf(room);
        const settlements = await settle(recordsOf(given.length), given, quarantine);
        const answer = batchResponse(settlements).batchItemFailures[0]?.itemIdentifier;
        const again =
          answer === undefined ? given.length : settlements.findIndex((s) => s.sequenceNumber === answer);
        const kept = entries.map(({ record }) => record.sequenceNumber);
        for (const [place, verdict] of given.entries()) {
          if (place >= again) expect(kept).not.toContain(sequenceNumber(place));
          else if (verdict === refused) expect(kept).toContain(sequenceNumber(place));
          else expect(verdict).toBe(HANDLED);
        }
      }),
    );
  });
});

it('answers with the lowest failed sequence number, whatever the order', () => {
  const outcomes = [9, 3, 12].map((n) => ({ sequenceNumber: sequenceNumber(n), outcome: 'failed' as const }));
  expect(batchResponse(outcomes)).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(3) }] });
  expect(batchResponse([])).toEqual({ batchItemFailures: [] });
});
