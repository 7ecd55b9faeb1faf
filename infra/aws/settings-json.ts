import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { isPrefix } from '../../telemetry/prefix.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { STACK_NAMES, type StackName } from './stack-names.ts';

/** The variable in which the app's process is told what to deploy: one JSON object. */
export const SETTINGS_VARIABLE = 'WILDRYDES_SETTINGS';

/** Settings as the app's process is told them; what is undefined is left out. */
export function settingsJson(settings: Settings): string {
  return JSON.stringify(settings);
}

/** What a member may be, in words and as a judgement. */
const MEMBERS: {
  readonly [Member in keyof Settings]: readonly [allowed: string, fits: (value: unknown) => boolean];
} = {
  prefix: [
    'small letters and digits with a dash at the end, or empty',
    (value) => value === '' || (typeof value === 'string' && isPrefix(value)),
  ],
  stacks: [
    `a list of ${STACK_NAMES.join(', ')}`,
    (value) => Array.isArray(value) && value.every((each) => STACK_NAMES.includes(each as StackName)),
  ],
  shards: [
    'a whole number from 1 on, or on-demand',
    (value) => value === 'on-demand' || (Number.isInteger(value) && (value as number) >= 1),
  ],
  logDays: [
    'one of 1, 3, 5, 7, 14, 30, 60, 90',
    (value) => [1, 3, 5, 7, 14, 30, 60, 90].includes(value as number),
  ],
  searchEndpoint: ['a URL', isTextOrAbsent],
  searchArn: ['an ARN', isTextOrAbsent],
  jar: ['a path', isTextOrAbsent],
  alertEmail: ['an address', isTextOrAbsent],
};

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '');
}

/**
 * Reads what `settingsJson` wrote, or somebody by hand. What is left out is as `DEFAULT_SETTINGS` has it; without
 * `stacks`, all of them.
 *
 * @throws WildRydesError USAGE for what is none
 */
export function settingsFrom(text: string | undefined): Settings {
  const given = { stacks: STACK_NAMES, ...DEFAULT_SETTINGS, ...objectIn(text) };
  for (const [member, value] of Object.entries(given)) {
    const [allowed, fits] = Object.hasOwn(MEMBERS, member) ? MEMBERS[member as keyof Settings] : [];
    if (fits === undefined) throw unusable(`there is no setting ${quote(member)}`);
    if (!fits(value))
      throw unusable(`${member} must be ${allowed} (given ${quote(JSON.stringify(value) ?? '')})`);
  }
  return given as Settings;
}

function objectIn(text = '{}'): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unusable(`it must be JSON (given ${quote(text)})`);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw unusable(`it must be a JSON object (given ${quote(text)})`);
}

function unusable(reason: string): WildRydesError {
  return new WildRydesError('USAGE', `${SETTINGS_VARIABLE}: ${reason}`);
}
