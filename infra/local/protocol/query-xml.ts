import { escapeXml } from '../gateway/refusal.ts';

/** An element with text; '' if there is none to say. */
export function textElement(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** An element with others inside, given as XML. */
export function element(name: string, ...inside: readonly string[]): string {
  return `<${name}>${inside.join('')}</${name}>`;
}

/** A list, each of its members given as XML. */
export function members(name: string, each: readonly string[]): string {
  return element(name, ...each.map((inside) => element('member', inside)));
}

/**
 * A time as Query services answer it: ISO 8601, UTC, in whole seconds.
 *
 * @param time milliseconds since the epoch
 */
export function timeElement(name: string, time: number): string {
  return textElement(name, new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z'));
}
