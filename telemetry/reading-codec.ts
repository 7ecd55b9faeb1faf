import { AttributeNames } from './attribute-names.ts';
import {
  invalid,
  jsonString,
  LARGEST,
  missing,
  readInstant,
  readInteger,
  readName,
  readNumber,
} from './attributes.ts';
import { decodeCompactReading } from './compact-reading.ts';
import { toMillionths } from './decimal.ts';
import { ATTRIBUTE, JsonScanner, KIND } from './json-scanner.ts';
import type { DecodedReading, Invalid, Reading } from './reading.ts';
import { formatStatusTime } from './status-time.ts';

/** In the order in which they are written. */
const ATTRIBUTES = new AttributeNames([
  'Name',
  'StatusTime',
  'Latitude',
  'Longitude',
  'Distance',
  'MagicPoints',
  'HealthPoints',
] satisfies readonly (keyof Reading)[]);

const NO_NAME = missing('Name');
const NO_STATUS_TIME = missing('StatusTime');
const NO_LATITUDE = missing('Latitude');
const NO_LONGITUDE = missing('Longitude');
const NO_DISTANCE = missing('Distance');
const NO_MAGIC = missing('MagicPoints');
const NO_HEALTH = missing('HealthPoints');

/**
 * Writes a reading as one JSON object and a newline: numbers in their shortest form that reads back as the same
 * double, a negative zero as 0. A ReadingEncoder writes the same as bytes, for whoever writes many.
 *
 * @throws RangeError when a number is not finite, which JSON cannot say
 */
export function encodeReading(reading: Reading): string {
  insistOnFinite(reading);
  const { Latitude, Longitude, Distance, MagicPoints, HealthPoints } = reading;
  return `{"Name":${jsonString(reading.Name)},"StatusTime":${jsonString(reading.StatusTime)},"Latitude":${Latitude},"Longitude":${Longitude},"Distance":${Distance},"MagicPoints":${MagicPoints},"HealthPoints":${HealthPoints}}\n`;
}

/** @throws RangeError when a number of the reading is not finite, which JSON cannot say */
export function insistOnFinite(reading: Reading): void {
  const { Latitude, Longitude, Distance, MagicPoints, HealthPoints } = reading;
  // One sum tells for nearly every reading; that of huge numbers may overflow.
  if (Number.isFinite(Latitude + Longitude + Distance + MagicPoints + HealthPoints)) return;
  const numbers = [Latitude, Longitude, Distance, MagicPoints, HealthPoints];
  if (numbers.every(Number.isFinite)) return;
  throw new RangeError(`a reading's numbers must be finite (given ${numbers.join(', ')})`);
}

/**
 * Reads a record of the stream `wildrydes`: one JSON object in UTF-8, white space around it allowed.
 *
 * Valid is: Name of 1 to 256 characters, neither control characters nor lone surrogates among them; StatusTime a real
 * date (see parseStatusTime); Latitude -90 to 90; Longitude -180 to 180; Distance 0 to 1000000; MagicPoints and
 * HealthPoints 32-bit integers. Bounds and integers are judged by the decimal value as written, before any rounding.
 * Other attributes are ignored, though they must be JSON too; of an attribute that comes twice the last one counts.
 *
 * @returns the reading, StatusTime in canonical form and no negative zeros; or why it is none. Never throws.
 */
export function decodeReading(bytes: Uint8Array): DecodedReading | Invalid {
  return decodeCompactReading(bytes) ?? decodeAnyReading(bytes);
}

function decodeAnyReading(bytes: Uint8Array): DecodedReading | Invalid {
  let name: string | Invalid = NO_NAME;
  let instant: number | Invalid = NO_STATUS_TIME;
  let latitude: number | Invalid = NO_LATITUDE;
  let longitude: number | Invalid = NO_LONGITUDE;
  let distance: number | Invalid = NO_DISTANCE;
  let magic: number | Invalid = NO_MAGIC;
  let health: number | Invalid = NO_HEALTH;
  let micrometres = 0;

  const scanner = new JsonScanner(bytes);
  if (!scanner.open()) return invalid(scanner.fault);
  for (;;) {
    const found = scanner.attribute(ATTRIBUTES);
    if (found === ATTRIBUTE.end) break;
    if (found === ATTRIBUTE.fault || scanner.value() === KIND.fault) return invalid(scanner.fault);
    switch (found) {
      case 0:
        name = readName(scanner);
        break;
      case 1:
        instant = readInstant(scanner);
        break;
      case 2:
        latitude = readNumber(scanner, 'Latitude', -LARGEST.latitude, LARGEST.latitude);
        break;
      case 3:
        longitude = readNumber(scanner, 'Longitude', -LARGEST.longitude, LARGEST.longitude);
        break;
      case 4:
        distance = readNumber(scanner, 'Distance', 0, LARGEST.distance);
        if (typeof distance === 'number') micrometres = toMillionths(scanner);
        break;
      case 5:
        magic = readInteger(scanner, 'MagicPoints');
        break;
      case 6:
        health = readInteger(scanner, 'HealthPoints');
        break;
    }
  }

  if (typeof name === 'object') return name;
  if (typeof instant === 'object') return instant;
  if (typeof latitude === 'object') return latitude;
  if (typeof longitude === 'object') return longitude;
  if (typeof distance === 'object') return distance;
  if (typeof magic === 'object') return magic;
  if (typeof health === 'object') return health;
  return {
    ok: true,
    reading: {
      Name: name,
      StatusTime: formatStatusTime(instant),
      Latitude: latitude,
      Longitude: longitude,
      Distance: distance,
      MagicPoints: magic,
      HealthPoints: health,
    },
    instant,
    micrometres,
  };
}
