import type { StackName } from '../stack-names.ts';
import type { Price, ServiceName } from './prices.ts';

/** One line of an estimate. Numbers are exact: only what is shown is rounded. */
export interface CostRow {
  readonly stack: StackName;
  readonly service: ServiceName;
  /** What it is for, with what is counted: `readings, shard hours`. */
  readonly item: string;
  readonly quantity: number;
  /** US dollars for `per` of what is counted. */
  readonly unitPrice: { readonly usd: number; readonly per: number };
  /** US dollars: quantity × usd / per. */
  readonly amount: number;
}

/** So much of something, at its price. */
export interface Item {
  readonly price: Price;
  /** Of what the price counts, 0 or more. */
  readonly quantity: number;
  /** What it is for, when the stack has several of that price. */
  readonly of?: string;
}

/** @throws RangeError when the quantity is no number of 0 or more: a defect of the estimate */
export function rowOf(stack: StackName, { price, quantity, of }: Item): CostRow {
  const { service, unit, usd, per } = price;
  const item = of === undefined ? unit : `${of}, ${unit}`;
  if (!(quantity >= 0 && quantity < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a quantity must be 0 or more (given ${quantity} for ${stack}: ${item})`);
  }
  return { stack, service, item, quantity, unitPrice: { usd, per }, amount: (quantity * usd) / per };
}
