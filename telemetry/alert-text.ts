import type { Alert } from './alert.ts';
import { quote } from './excerpt.ts';

/**
 * Decimal places of a degree in what people read: a metre or so on the ground. More would only say where in the horn the
 * sensor sits.
 */
const PLACES = 5;

/** Zoom of the map that a link opens: a few streets. */
const ZOOM = 16;

/**
 * An alert as one plain sentence: who, what, where, and since when. Unprintable characters of a name are shown as
 * escapes, and a very long name is cut.
 */
export function alertText(alert: Alert): string {
  const { value, vital, since, statusTime, latitude, longitude } = alert;
  const where = `at ${degrees(latitude)}, ${degrees(longitude)}`;
  const when = alert.state === 'recovered' ? `low from ${since} to ${statusTime}` : `low since ${since}`;
  return `${quote(alert.name)} ${alertVerdict(alert)}: ${value} ${vital} points ${where}, ${when} UTC.`;
}

/** What has become of the unicorn, in words that follow its name. */
export function alertVerdict({ state, vital }: Pick<Alert, 'state' | 'vital'>): string {
  if (state === 'recovered') return vital === 'magic' ? 'has recovered' : 'is in good health again';
  return `is ${state === 'firing' ? '' : 'still '}low on ${vital}`;
}

/**
 * A link to a map with a marker where the unicorn was.
 * Source: https://wiki.openstreetmap.org/wiki/Browsing
 */
export function alertMap({ latitude, longitude }: Pick<Alert, 'latitude' | 'longitude'>): string {
  const [lat, lon] = [degrees(latitude), degrees(longitude)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=${ZOOM}/${lat}/${lon}`;
}

/** Never in exponential notation, and never minus nothing. */
function degrees(value: number): string {
  const text = value.toFixed(PLACES);
  return Number(text) === 0 ? '0.00000' : text;
}

/** What a mail may be entitled, and every endpoint accepts: fewer than 100 characters of printable ASCII. */
const LONGEST_SUBJECT = 99;

/**
 * The subject of a mail that tells of an alert: 1 to 99 characters of printable ASCII, a letter first. Of the name only
 * what is printable ASCII is in it; a name without any letter or digit of ASCII is called a unicorn.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function alertSubject(alert: Alert): string {
  const before = 'Wild Rydes: ';
  const after = ` ${alertVerdict(alert)}`;
  const room = LONGEST_SUBJECT - before.length - after.length;
  const plain = alert.name
    .replace(/[^ -~]+/g, '?')
    .replace(/ +/g, ' ')
    .trim();
  const name = /[A-Za-z0-9]/.test(plain) ? plain : 'a unicorn';
  const fitting = name.length <= room ? name : `${name.slice(0, room - 3).trimEnd()}...`;
  return `${before}${fitting}${after}`;
}
