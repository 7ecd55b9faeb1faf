import { ALERT_STATES, type Alert, episodeId, VITALS } from './alert.ts';
import { alertMap, alertText } from './alert-text.ts';
import { INTEGER, invalid, LARGEST } from './attributes.ts';
import { quote } from './excerpt.ts';
import { nameFault } from './name.ts';
import type { Invalid } from './reading.ts';
import { formatStatusTime, parseStatusTime } from './status-time.ts';

/**
 * Writes an alert as one JSON object: a message of the topic `wildrydes-alerts`. For whoever reads it, it also says all
 * of it as a sentence (`text`) and links to the place (`map`).
 */
export function encodeAlert(alert: Alert): string {
  const { name, state, vital, value, magicPoints, episode, since, statusTime, latitude, longitude } = alert;
  return JSON.stringify({
    name,
    state,
    vital,
    value,
    magicPoints,
    episode,
    since,
    statusTime,
    latitude,
    longitude,
    map: alertMap(alert),
    text: alertText(alert),
  });
}

/**
 * Reads a message of the topic `wildrydes-alerts`. Other attributes are ignored, and so are those for people: `map` and
 * `text` say what the others do.
 *
 * @returns the alert, times in canonical form; or why it is none (it alone has `ok`). Never throws.
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
  const given = parsed as Record<string, unknown>;
  const { name, value, magicPoints, episode, latitude, longitude } = given;
  if (typeof name !== 'string') return mustBe('name', 'a string', name);
  const fault = nameFault(name);
  if (fault !== undefined) return invalid(`name ${fault} (given ${quote(name)})`);
  const state = ALERT_STATES.find((one) => one === given.state);
  if (state === undefined) return mustBe('state', `one of ${ALERT_STATES.join(', ')}`, given.state);
  const vital = VITALS.find((one) => one === given.vital);
  if (vital === undefined) return mustBe('vital', `one of ${VITALS.join(', ')}`, given.vital);
  if (!isInteger(value)) return mustBe('value', 'a 32-bit integer', value);
  if (!isInteger(magicPoints)) return mustBe('magicPoints', 'a 32-bit integer', magicPoints);
  const since = canonicalTime(given.since);
  if (since === undefined) return mustBe('since', A_TIME, given.since);
  if (episode !== episodeId(name, vital, since)) {
    return mustBe('episode', "the name, '@' and since, of the health with /health behind", episode);
  }
  const statusTime = canonicalTime(given.statusTime);
  if (statusTime === undefined) return mustBe('statusTime', A_TIME, given.statusTime);
  if (!isWithin(latitude, LARGEST.latitude)) return mustBe('latitude', 'from -90 to 90', latitude);
  if (!isWithin(longitude, LARGEST.longitude)) return mustBe('longitude', 'from -180 to 180', longitude);
  return { name, state, vital, value, magicPoints, episode, since, statusTime, latitude, longitude };
}

const A_TIME = 'a time such as 2026-01-31 12:00:00.000';

function canonicalTime(value: unknown): string | undefined {
  const instant = typeof value === 'string' ? parseStatusTime(value) : undefined;
  return instant === undefined ? undefined : formatStatusTime(instant);
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= INTEGER.least && (value as number) <= INTEGER.most;
}

function isWithin(value: unknown, largest: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= largest;
}

function mustBe(name: string, allowed: string, value: unknown): Invalid {
  return invalid(
    value === undefined
      ? `${name} is missing`
      : `${name} must be ${allowed} (given ${quote(JSON.stringify(value))})`,
  );
}
