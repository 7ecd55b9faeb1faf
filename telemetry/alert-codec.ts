import type { Alert } from './alert.ts';
import { INTEGER, invalid } from './attributes.ts';
import { quote } from './excerpt.ts';
import { nameFault } from './name.ts';
import type { Invalid } from './reading.ts';
import { formatStatusTime, parseStatusTime } from './status-time.ts';

/** Writes an alert as one JSON object: a message of the topic `wildrydes-alerts`. */
export function encodeAlert(alert: Alert): string {
  const { name, state, magicPoints, episode, statusTime } = alert;
  return JSON.stringify({ name, state, magicPoints, episode, statusTime });
}

/**
 * Reads a message of the topic `wildrydes-alerts`. Other attributes are ignored.
 *
 * @returns the alert, statusTime in canonical form; or why it is none (it alone has `ok`). Never throws.
 */
export function decodeAlert(text: string): Alert | Invalid {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return invalid(`an alert must be JSON (given ${quote(text)})`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return invalid(`an alert must be a JSON object (given ${quote(text)})`);
  }
  const { name, state, magicPoints, episode, statusTime } = parsed as Record<string, unknown>;
  if (typeof name !== 'string') return mustBe('name', 'a string', name);
  const fault = nameFault(name);
  if (fault !== undefined) return invalid(`name ${fault} (given ${quote(name)})`);
  if (state !== 'firing' && state !== 'recovered') return mustBe('state', 'firing or recovered', state);
  if (!isInteger(magicPoints)) return mustBe('magicPoints', 'a 32-bit integer', magicPoints);
  if (typeof episode !== 'string' || !isEpisode(episode, name)) {
    return mustBe('episode', "the name, '@' and a StatusTime", episode);
  }
  const instant = typeof statusTime === 'string' ? parseStatusTime(statusTime) : undefined;
  if (instant === undefined)
    return mustBe('statusTime', 'a time such as 2026-01-31 12:00:00.000', statusTime);
  return { name, state, magicPoints, episode, statusTime: formatStatusTime(instant) };
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= INTEGER.least && (value as number) <= INTEGER.most;
}

function isEpisode(episode: string, name: string): boolean {
  return episode.startsWith(`${name}@`) && parseStatusTime(episode.slice(name.length + 1)) !== undefined;
}

function mustBe(name: string, allowed: string, value: unknown): Invalid {
  return invalid(
    value === undefined
      ? `${name} is missing`
      : `${name} must be ${allowed} (given ${quote(JSON.stringify(value))})`,
  );
}
