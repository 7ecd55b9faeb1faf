import { describe, expect, test } from 'vitest';
import { ASSUMPTIONS } from './assumptions.ts';
import { PRICES, PRICES_READ, type Price } from './prices.ts';

describe('the table of prices', () => {
  test('is of a day that was', () => {
    expect(PRICES_READ).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(Date.parse(PRICES_READ)).toBeLessThanOrEqual(Date.now());
  });

  test.each(Object.entries<Price>(PRICES))("%s has a page of AWS's, and is unlike any other", (_, price) => {
    expect(price.usd).toBeGreaterThan(0);
    expect(price.page).toMatch(/^https:\/\/(docs\.)?aws\.amazon\.com\//);
    expect(price.seen).not.toBe('');
    const same = Object.values<Price>(PRICES).filter(
      ({ service, unit }) => service === price.service && unit === price.unit,
    );
    expect(same).toEqual([price]);
  });
});

test.each(Object.entries(ASSUMPTIONS))('%s is a number with its unit and a reason', (_, assumption) => {
  expect(assumption.value).toBeGreaterThan(0);
  expect(assumption.what.length).toBeGreaterThan(10);
  expect(assumption.why.length).toBeGreaterThan(20);
});
