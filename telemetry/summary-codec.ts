import { AttributeNames } from './attribute-names.ts';
import {
  invalid,
  jsonString,
  missing,
  readInstant,
  readInteger,
  readName,
  readNumber,
} from './attributes.ts';
import { ATTRIBUTE, JsonScanner, KIND } from './json-scanner.ts';
import type { Invalid } from './reading.ts';
import { formatStatusTime } from './status-time.ts';
import type { StoredSummary, Summary } from './summary.ts';
import { WINDOW } from './topology.ts';

/** In the order in which they are written. */
const ATTRIBUTES = new AttributeNames([
  'Name',
  'StatusTime',
  'Distance',
  'MinMagicPoints',
  'MaxMagicPoints',
  'MinHealthPoints',
  'MaxHealthPoints',
  'Readings',
] satisfies readonly (keyof Summary)[]);

/** A summary that passed validation. */
export interface DecodedSummary {
  readonly ok: true;
  readonly summary: StoredSummary;
  /** StatusTime, the start of the minute, as milliseconds since the epoch. */
  readonly instant: number;
}

/**
 * Writes a summary as one JSON object and a newline: numbers in their shortest form that reads back as the same double.
 *
 * @throws RangeError when a number is not finite, which JSON cannot say
 */
export function encodeSummary(summary: Summary): string {
  const { Distance, MinMagicPoints, MaxMagicPoints, MinHealthPoints, MaxHealthPoints, Readings } = summary;
  const numbers = [Distance, MinMagicPoints, MaxMagicPoints, MinHealthPoints, MaxHealthPoints, Readings];
  if (!numbers.every(Number.isFinite)) {
    throw new RangeError(`a summary's numbers must be finite (given ${numbers.join(', ')})`);
  }
  return `{"Name":${jsonString(summary.Name)},"StatusTime":${jsonString(summary.StatusTime)},"Distance":${Distance},"MinMagicPoints":${MinMagicPoints},"MaxMagicPoints":${MaxMagicPoints},"MinHealthPoints":${MinHealthPoints},"MaxHealthPoints":${MaxHealthPoints},"Readings":${Readings}}\n`;
}

/**
 * Reads a record of the stream `wildrydes-aggregated`: one JSON object in UTF-8, as strictly as a reading.
 *
 * Valid is: a Name as a reading's; StatusTime a whole minute; Distance 0 or more; points 32-bit integers, the least
 * not above the most; Readings, which older aggregations do not tell, absent or an integer of at least 1. Other
 * attributes are ignored; the last of two counts.
 *
 * @returns the summary, StatusTime in canonical form and no negative zeros; or why it is none. Never throws.
 */
export function decodeSummary(bytes: Uint8Array): DecodedSummary | Invalid {
  let name: string | Invalid = missing('Name');
  let instant: number | Invalid = missing('StatusTime');
  let distance: number | Invalid = missing('Distance');
  let minMagic: number | Invalid = missing('MinMagicPoints');
  let maxMagic: number | Invalid = missing('MaxMagicPoints');
  let minHealth: number | Invalid = missing('MinHealthPoints');
  let maxHealth: number | Invalid = missing('MaxHealthPoints');
  let readings: number | Invalid | undefined;

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
        distance = readNumber(scanner, 'Distance', 0, Number.MAX_VALUE);
        break;
      case 3:
        minMagic = readInteger(scanner, 'MinMagicPoints');
        break;
      case 4:
        maxMagic = readInteger(scanner, 'MaxMagicPoints');
        break;
      case 5:
        minHealth = readInteger(scanner, 'MinHealthPoints');
        break;
      case 6:
        maxHealth = readInteger(scanner, 'MaxHealthPoints');
        break;
      case 7:
        readings = readInteger(scanner, 'Readings', 1);
        break;
    }
  }

  if (typeof name === 'object') return name;
  if (typeof instant === 'object') return instant;
  if (instant % WINDOW.size !== 0) {
    return invalid(`StatusTime must be a whole minute (given ${formatStatusTime(instant)})`);
  }
  if (typeof distance === 'object') return distance;
  if (typeof minMagic === 'object') return minMagic;
  if (typeof maxMagic === 'object') return maxMagic;
  if (typeof minHealth === 'object') return minHealth;
  if (typeof maxHealth === 'object') return maxHealth;
  if (typeof readings === 'object') return readings;
  if (minMagic > maxMagic) return crossed('MagicPoints', minMagic, maxMagic);
  if (minHealth > maxHealth) return crossed('HealthPoints', minHealth, maxHealth);
  return {
    ok: true,
    summary: {
      Name: name,
      StatusTime: formatStatusTime(instant),
      Distance: distance,
      MinMagicPoints: minMagic,
      MaxMagicPoints: maxMagic,
      MinHealthPoints: minHealth,
      MaxHealthPoints: maxHealth,
      ...(readings === undefined ? {} : { Readings: readings }),
    },
    instant,
  };
}

function crossed(points: string, least: number, most: number): Invalid {
  return invalid(`Min${points} must not exceed Max${points} (given ${least} and ${most})`);
}
