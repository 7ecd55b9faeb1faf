import { WildRydesError } from '../telemetry/errors.ts';

/**
 * A variable that a function cannot work without.
 *
 * @throws WildRydesError USAGE when it is missing or empty
 */
export function required(variables: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = variables[name];
  if (value) return value;
  throw new WildRydesError(
    'USAGE',
    `the environment variable ${name} must be set (given ${value === '' ? 'an empty one' : 'none'})`,
    {
      next: `Set ${name} in the function's configuration; the manifest beside its handler names what it stands for.`,
    },
  );
}
