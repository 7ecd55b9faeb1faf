import type { EventSource, WindowOfEvent } from './event-batch.ts';

/**
 * Tumbling windows: a state that a function hands from one invocation to the next, for as long as a window lasts.
 * A record belongs to the window in which it arrived; windows are aligned to the epoch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export interface TumblingWindow {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** What the function returned last; `{}` at first. */
  readonly state: unknown;
}

/** Largest state, bytes of JSON: 1 MB. One that is larger ends its window early. */
export const STATE_LIMIT = 1024 * 1024;

export function stateBytes(state: unknown): number {
  return Buffer.byteLength(JSON.stringify(state));
}

/**
 * Which invocation of its window an event is for. AWS says that the last one comes once in a window's life, and after
 * an early one the same window goes on: so the early one is not the last.
 */
export type WindowMoment = 'aggregate' | 'final' | 'early';

/** @param length milliseconds */
export function windowOfEvent(
  { start, state }: TumblingWindow,
  length: number,
  { shardId, streamArn }: EventSource,
  moment: WindowMoment,
): WindowOfEvent {
  return {
    window: { start: toSecond(start), end: toSecond(start + length) },
    state,
    shardId,
    eventSourceARN: streamArn,
    isFinalInvokeForWindow: moment === 'final',
    isWindowTerminatedEarly: moment === 'early',
  };
}

/** `2020-12-09T07:04:00Z` */
function toSecond(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
