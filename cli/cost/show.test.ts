import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { ASSUMPTIONS } from '../../infra/aws/cost/assumptions.ts';
import { estimate } from '../../infra/aws/cost/estimate.ts';
import { PRICES, type Price } from '../../infra/aws/cost/prices.ts';
import { STACK_NAMES } from '../../infra/aws/stack-names.ts';
import { widthOf } from '../terminal.ts';
import { costLines, explanationLines } from './show.ts';

const plain = new Chalk({ level: 0 });
const coloured = new Chalk({ level: 1 });
const stacks = STACK_NAMES;

/** The line that begins so, without what it begins with. */
function rest(lines: readonly string[], beginning: string): string | undefined {
  return lines
    .find((line) => line.startsWith(beginning))
    ?.slice(beginning.length)
    .trim();
}

describe('an estimate', () => {
  test.each([
    [1, 0.01],
    [1, 1],
    [1_000, 8],
    [100_000, 730],
    [1_000_000, 8_760],
  ])('of %d unicorns for %d hours fits into 80 columns, with nothing cut off', (unicorns, hours) => {
    for (const onDemand of [false, true]) {
      const lines = costLines(estimate({ unicorns, hours, stacks, onDemand }), 'eu-central-1', plain);
      for (const line of lines) {
        expect(widthOf(line), line).toBeLessThanOrEqual(80);
        expect(line).not.toContain('…');
      }
    }
  });

  test('tells each item, each stack, the services, the sum, and what comes of forgetting', () => {
    const lines = costLines(estimate({ unicorns: 1_000, hours: 8, stacks }), 'us-east-1', plain);
    expect(lines[0]).toBe('1,000 unicorns on AWS for 8 hours: 1 + 1 + 1 shards, 2 KPU');
    expect(rest(lines, '  Kinesis: readings, payload units')).toMatch(
      /^28,800,000 +0\.014\/million +0\.4032$/,
    );
    expect(rest(lines, '  Lambda: GB-seconds on arm64')).toMatch(/^88\.8 +0\.0000133334 +0\.0012$/);
    // 0.36 + 0.4032 + 0.00672 + 0.00288
    expect(rest(lines, 'Streaming')).toBe('0.7728');
    // Shards and payload units: the same without the requests to KMS.
    expect(rest(lines, '  Kinesis  ')).toBe('0.7699');
    expect(rest(lines, 'Sum, for 8 hours')).toMatch(/^7\.4\d{3}$/);
    // As a month of nothing is worked out beside the estimate.
    expect(rest(lines, 'Left alone for a month (730 h), without a unicorn')).toBe('235.06');
    expect(lines.join(' ')).toContain('Prices of us-east-1, gathered on 2026-11-28');
    expect(lines).toContain('  https://aws.amazon.com/kinesis/data-streams/pricing/');
    expect(lines.join(' ')).toContain('neither the free tier nor discounts');
  });

  test('rounds what it shows, to cents once there are dollars, and calls nothing free that is not', () => {
    const little = costLines(estimate({ unicorns: 1, hours: 1, stacks: ['Dashboard'] }), 'us-east-1', plain);
    expect(rest(little, '  DynamoDB: read units')).toMatch(/<0\.0001$/);
    const much = costLines(
      estimate({ unicorns: 100_000, hours: 1, stacks: ['Streaming'] }),
      'us-east-1',
      plain,
    );
    // 1.875 + 0.045 + 0.015 for shards, 5.04 + 0.084 for units, 1,548 requests to KMS.
    expect(rest(much, 'Sum, for 1 hour')).toBe('7.0636');
    const more = costLines(
      estimate({ unicorns: 100_000, hours: 2, stacks: ['Streaming'] }),
      'us-east-1',
      plain,
    );
    expect(rest(more, 'Sum, for 2 hours')).toBe('14.13');
  });

  test('names only the pages of what it counts, and the shards only where there are streams', () => {
    const lines = costLines(estimate({ unicorns: 1, hours: 1, stacks: ['Dashboard'] }), 'us-east-1', plain);
    expect(lines[0]).toBe('1 unicorn on AWS for 1 hour');
    expect(lines.filter((line) => line.includes('https://'))).toEqual([
      '  https://aws.amazon.com/dynamodb/pricing/on-demand/',
    ]);
  });

  test('says that another region has other prices', () => {
    const estimated = estimate({ unicorns: 1, hours: 1, stacks });
    expect(costLines(estimated, 'sa-east-1', plain).join(' ')).toContain('in sa-east-1 they may differ');
    expect(costLines(estimated, 'us-east-1', plain).join(' ')).not.toContain('may differ');
  });

  test('is the same with colours, but for the colours', () => {
    const estimated = estimate({ unicorns: 1, hours: 1, stacks });
    const lines = costLines(estimated, 'us-east-1', coloured);
    expect(lines.join('\n')).toContain('\u001b[');
    expect(lines.map(stripVTControlCharacters)).toEqual(costLines(estimated, 'us-east-1', plain));
  });
});

test('an explanation has every assumption and every price, in 80 columns where words allow it', () => {
  const lines = explanationLines(plain);
  for (const line of lines.filter((each) => each.includes(' ') && !each.includes('docs.aws'))) {
    expect(widthOf(line), line).toBeLessThanOrEqual(80);
  }
  const text = lines.map((line) => line.trim()).join(' ');
  for (const { what, why } of Object.values(ASSUMPTIONS)) expect(text).toContain(`${what}: ${why}`);
  for (const { service, unit, page, seen = '' } of Object.values<Price>(PRICES)) {
    expect(text).toContain(`${service}, ${unit}: `);
    expect(text).toContain(page);
    expect(text).toContain(seen);
  }
});
