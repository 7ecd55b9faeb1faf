import { type JsonOperation, jsonOperation } from '../protocol/operation.ts';
import type { Input, Shape } from '../protocol/validation.ts';
import type { Deliverer } from './deliverer.ts';
import type { DeliveryStream, DeliveryStreamStore } from './delivery-streams.ts';
import type { FindStream } from './kinesis-reader.ts';

/** What an operation works with. */
export interface Context {
  readonly streams: DeliveryStreamStore;
  /** Starts a delivery stream that was just created. */
  readonly start: (stream: DeliveryStream) => void;
  /** Stops one that was just deleted, and throws its records away. */
  readonly stop: (stream: DeliveryStream) => Promise<void>;
  /** What delivers the records of one. */
  readonly delivererOf: (stream: DeliveryStream) => Deliverer;
  readonly findStream: FindStream;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Operation = JsonOperation<Context>;

/** An operation from its validation and its action. @param differs see Described */
export function operation<const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: Context) => object | undefined | Promise<object | undefined>,
  differs?: string,
): Operation {
  return jsonOperation(validation, act, differs);
}
