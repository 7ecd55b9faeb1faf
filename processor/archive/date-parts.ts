import type { EventLine } from './event.ts';

/** What is added to a reading, so that queries by time need no functions of times. */
const PARTS = ['Year', 'Month', 'Day', 'Hour', 'Minute'] as const;

/**
 * Adds the parts of its StatusTime, UTC, to a reading: `"Year":2026,"Month":5,"Day":1,"Hour":9,"Minute":0`. All else in
 * it stays as it was sent. One that has any of them is left as it is: it came through here before.
 *
 * @param instant StatusTime, milliseconds since the epoch
 */
export function withDateParts(event: EventLine, instant: number): EventLine {
  const { text } = event;
  if (PARTS.some((part) => text.includes(`"${part}"`)) && hasParts(text)) return event;
  const time = new Date(instant);
  const values = [
    time.getUTCFullYear(),
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
  ];
  const parts = PARTS.map((part, at) => `"${part}":${values[at]}`).join();
  return { text: `${text.slice(0, -1).trimEnd()},${parts}}` };
}

/** The text alone does not tell: a unicorn may be called Day. */
function hasParts(text: string): boolean {
  const attributes = JSON.parse(text) as object;
  return PARTS.some((part) => Object.hasOwn(attributes, part));
}
