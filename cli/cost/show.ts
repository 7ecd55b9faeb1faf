import type { ChalkInstance } from 'chalk';
import { ASSUMPTIONS, type Assumption } from '../../infra/aws/cost/assumptions.ts';
import { byService, type Estimate, sumOf } from '../../infra/aws/cost/estimate.ts';
import { PRICES, PRICES_READ, type Price } from '../../infra/aws/cost/prices.ts';
import type { CostRow } from '../../infra/aws/cost/row.ts';
import { column, fold, grouped, pad } from '../terminal.ts';

/** Columns of everything that is shown here. */
const WIDTH = 80;

/** Columns of the table: with a space between them, 80. */
const ITEM = 41;
const QUANTITY = 13;
const PRICE = 13;
const AMOUNT = 10;

/**
 * An estimate for a person, in lines of 80 columns.
 *
 * @param region where it is to run: said when the prices are of another
 */
export function costLines(estimate: Estimate, region: string, colours: ChalkInstance): string[] {
  const { rows, total, month } = estimate;
  const usd = moneyLike(total);
  const monthly = moneyLike(Math.max(month.riding, month.idle));
  const sum = (label: string, amount: string) =>
    colours.bold(`${column(label, WIDTH - AMOUNT - 1)} ${pad(amount, AMOUNT, 'right')}`);
  return [
    ...fold(headline(estimate), WIDTH),
    '',
    colours.dim(row('', 'quantity', 'unit price', 'USD')),
    ...estimate.stacks.flatMap((stack) => stackLines(stack, rows, usd, colours)),
    '',
    colours.dim('By service'),
    ...byService(rows).map(({ service, amount }) => row(`  ${service}`, '', '', usd(amount))),
    '',
    sum(`Sum, for ${hoursOf(estimate.hours)}`, usd(total)),
    sum(`Left alone for a month (${month.hours} h), the unicorns riding on`, monthly(month.riding)),
    sum(`Left alone for a month (${month.hours} h), without a unicorn`, monthly(month.idle)),
    '',
    ...fold(caveats(estimate, region), WIDTH),
    ...estimate.notes.flatMap((note) => fold(note, WIDTH)),
    '',
    ...fold(
      `Prices of ${estimate.pricesOf}, gathered on ${estimate.pricesRead}, to be checked on AWS's own pages:`,
      WIDTH,
    ),
    ...pagesOf(rows).map((page) => `  ${page}`),
  ];
}

/** Everything that is assumed, and where each price was read, in lines of 80 columns. */
export function explanationLines(colours: ChalkInstance): string[] {
  const assumptions: readonly Assumption[] = Object.values(ASSUMPTIONS);
  return [
    colours.bold('What is assumed, and why'),
    ...assumptions.flatMap(({ value, what, why }) =>
      fold(`  ${quantityOf(value)} ${what}: ${why}`, WIDTH, 4),
    ),
    '',
    colours.bold(`Prices in US dollars, gathered on ${PRICES_READ}`),
    ...bySource(Object.values(PRICES)).flatMap(({ page, seen, prices }) => [
      `  ${page}`,
      ...(seen === undefined ? [] : fold(`  its numbers were not at hand: read in ${seen}`, WIDTH, 2)),
      ...prices.map((price) => `    ${price.service}, ${price.unit}: ${priceOf(price)}`),
    ]),
  ];
}

/** Prices with the same page and the same place where they were read, together. */
function bySource(prices: readonly Price[]) {
  const sources = new Map<string, Pick<Price, 'page' | 'seen'> & { readonly prices: Price[] }>();
  for (const price of prices) {
    const { page, seen } = price;
    const key = `${page} ${seen}`;
    const source = sources.get(key) ?? { page, ...(seen === undefined ? {} : { seen }), prices: [] };
    sources.set(key, source);
    source.prices.push(price);
  }
  return [...sources.values()];
}

function headline({ unicorns, hours, kpus, shards, onDemand, stacks }: Estimate): string {
  const streams = onDemand
    ? 'on-demand streams'
    : `${grouped(shards.readings)} + ${grouped(shards.summaries)} + ${grouped(shards.quarantine)} shards`;
  const parts = [
    ...(stacks.includes('Streaming') ? [streams] : []),
    ...(kpus === 0 ? [] : [`${grouped(kpus)} KPU`]),
  ];
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return `${grouped(unicorns)} unicorn${unicorns === 1 ? '' : 's'} on AWS for ${hoursOf(hours)}${what}`;
}

function stackLines(
  stack: string,
  all: readonly CostRow[],
  usd: (amount: number) => string,
  colours: ChalkInstance,
): string[] {
  const rows = all.filter((each) => each.stack === stack);
  return [
    colours.cyan(row(stack, '', '', usd(sumOf(rows)))),
    ...rows.map(({ service, item, quantity, unitPrice, amount }) =>
      row(`  ${service}: ${item}`, quantityOf(quantity), priceOf(unitPrice), usd(amount)),
    ),
  ];
}

function row(item: string, quantity: string, price: string, amount: string): string {
  return [
    column(item, ITEM),
    pad(quantity, QUANTITY, 'right'),
    pad(price, PRICE, 'right'),
    pad(amount, AMOUNT, 'right'),
  ].join(' ');
}

function caveats({ pricesOf }: Estimate, region: string): string {
  const elsewhere =
    region === pricesOf
      ? ''
      : ` The prices are of ${pricesOf}: in ${region} they may differ by some percent, in a few regions by more.`;
  return `An estimate in US dollars: neither the free tier nor discounts, taxes and traffic to the internet are counted. Where a price falls with volume, the highest is taken.${elsewhere}`;
}

/** AWS's pages of the prices that rows have, once each. */
function pagesOf(rows: readonly CostRow[]): string[] {
  const services = new Set(rows.map(({ service }) => service));
  const prices: readonly Price[] = Object.values(PRICES);
  return [...new Set(prices.filter(({ service }) => services.has(service)).map(({ page }) => page))];
}

function hoursOf(hours: number): string {
  return hours === 1 ? '1 hour' : `${quantityOf(hours)} hours`;
}

/** Writes money as is fit beside a sum of that size: cents, but more of little and less of very much. */
function moneyLike(sum: number): (amount: number) => string {
  const digits = sum < 10 ? 4 : sum < 100_000 ? 2 : 0;
  const least = 10 ** -digits;
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (amount) => (amount > 0 && amount < least / 2 ? `<${least.toFixed(digits)}` : format.format(amount));
}

const FEW_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

/** A quantity: to four digits when it is small, in millions when it is very large. */
function quantityOf(quantity: number): string {
  if (quantity > 0 && quantity < 0.000_01) return '<0.00001';
  if (quantity < 1_000) return FEW_DIGITS.format(quantity);
  return quantity < 1e10 ? grouped(Math.round(quantity)) : `${grouped(Math.round(quantity / 1e6))} M`;
}

const MULTIPLES: Readonly<Record<number, string>> = {
  1: '',
  1000: '/1,000',
  10000: '/10,000',
  100000: '/100,000',
  1000000: '/million',
};

/** A price in plain digits: `0.014/million`. */
function priceOf({ usd, per }: { readonly usd: number; readonly per: number }): string {
  return `${new Intl.NumberFormat('en-US', { maximumFractionDigits: 12 }).format(usd)}${MULTIPLES[per]}`;
}
