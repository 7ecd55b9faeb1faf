import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Chance } from './random.ts';

/** A reading, before it is written down. */
export interface Sensed {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly instant: number;
  readonly micrometres: number;
  readonly magic: number;
  readonly health: number;
}

const HOUR = 3_600_000;

/**
 * Writes a reading down in one of the many ways that say the same, or damages it.
 *
 * @returns the content of a record, as a case has it
 */
export function writeReading(
  sensed: Sensed,
  random: Chance,
  damaged: boolean,
): { text: string } | { base64: string } {
  const attributes: [string, string][] = [
    ['Name', quoted(sensed.name, random)],
    ['StatusTime', `"${time(sensed.instant, random)}"`],
    ['Latitude', random.of(['40.749167', '-90', '90.0', '0', '4.0e1'])],
    ['Longitude', random.of(['-73.985184', '180', '-180.000', '-0'])],
    ['Distance', metres(sensed.micrometres, random)],
    ['MagicPoints', points(sensed.magic, random)],
    ['HealthPoints', points(sensed.health, random)],
  ];
  if (damaged) return damage(attributes, random);
  if (random.once(6)) attributes.splice(random.integer(0, 7), 0, ['Extra', '{"nested":[1,null,"\\u0000"]}']);
  if (random.once(6)) attributes.push(attributes.splice(random.integer(0, 5), 1)[0]!);
  // The last of two counts.
  if (random.once(10)) attributes.unshift(['MagicPoints', '"none"']);
  return { text: joined(attributes, random.once(5) ? ' ' : '') };
}

function joined(attributes: readonly (readonly [string, string])[], space: string): string {
  const inside = attributes.map(([name, value]) => `"${name}":${space}${value}`).join(`,${space}`);
  return `${space}{${space}${inside}${space}}\n`;
}

/** A name as it is, or with characters as escapes. */
function quoted(name: string, random: Chance): string {
  const plain = JSON.stringify(name);
  if (!random.once(6)) return plain;
  return `"${[...name].map((character) => asEscape(character)).join('')}"`;
}

function asEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function time(instant: number, random: Chance): string {
  const canonical = formatStatusTime(instant);
  switch (random.integer(1, 8)) {
    case 1:
      return `${canonical.replace(' ', 'T')}Z`;
    case 2: {
      const hours = random.integer(-18, 18);
      const local = formatStatusTime(instant + hours * HOUR).replace(' ', 'T');
      return `${local}${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
    }
    case 3:
      // What follows the milliseconds is cut off, not rounded.
      return `${canonical}999999`;
    case 4:
      return canonical.replace(/\.000$/, '');
    default:
      return canonical;
  }
}

function metres(micrometres: number, random: Chance): string {
  const digits = String(micrometres).padStart(7, '0');
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  switch (random.integer(1, 6)) {
    case 1:
      return `${micrometres}e-6`;
    case 2:
      // Below half of the last digit.
      return `${text}4999999999999999999999`;
    case 3:
      return micrometres === 0 ? '-0.0' : `${halfBelow(micrometres)}5`;
    default:
      return text;
  }
}

/** What, followed by a 5, is rounded half up to this. */
function halfBelow(micrometres: number): string {
  const digits = String(micrometres - 1).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function points(value: number, random: Chance): string {
  switch (random.integer(1, 8)) {
    case 1:
      return `${value}.000`;
    case 2:
      return value === 0 ? '0e9' : `${value}0e-1`;
    default:
      return String(value);
  }
}

function damage(
  attributes: readonly [string, string][],
  random: Chance,
): { text: string } | { base64: string } {
  const whole = joined(attributes, '');
  const without = random.integer(0, 6);
  const replaced = (name: string, value: string) =>
    joined(
      attributes.map(([each, old]) => [each, each === name ? value : old] as const),
      '',
    );
  switch (random.integer(1, 12)) {
    case 1:
      return { text: whole.slice(0, random.integer(0, whole.length - 3)) };
    case 2:
      return {
        text: joined(
          attributes.filter((_, index) => index !== without),
          '',
        ),
      };
    case 3:
      return {
        text: replaced('Distance', random.of(['-0.000001', '1000000.0000000000000000001', 'NaN', '"30"'])),
      };
    case 4:
      return {
        text: replaced('MagicPoints', random.of(['149.5', '2147483648', '-2147483649', 'null', '1e400'])),
      };
    case 5:
      return {
        text: replaced(
          'StatusTime',
          random.of(['"2026-02-30 12:00:00.000"', '"2026-03-01"', '"24:00"', '7']),
        ),
      };
    case 6:
      return {
        text: replaced('Name', random.of(['""', '"\\ud800"', '"tab\\there"', `"${'a'.repeat(257)}"`])),
      };
    case 7:
      return { text: replaced('Latitude', random.of(['90.0000000000000000001', '-91', '[]', 'true'])) };
    case 8:
      return { text: `${whole}${whole}` };
    case 9:
      return { text: `\ufeff${whole}` };
    case 10:
      return {
        base64: Buffer.concat([
          Buffer.from(whole.slice(0, 9)),
          Buffer.from([0xff]),
          Buffer.from(whole),
        ]).toString('base64'),
      };
    case 11:
      return { text: `{"deep":${'['.repeat(1000)}${']'.repeat(1000)},${whole.slice(1)}` };
    default:
      return { text: `[${whole.trim()}]` };
  }
}
