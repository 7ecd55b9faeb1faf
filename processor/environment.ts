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

/**
 * A variable that says one of several things.
 *
 * @param allowed the first one is the default, also when the variable is empty
 * @throws WildRydesError USAGE when it says anything else
 */
export function oneOf<T extends string>(
  variables: Readonly<Record<string, string | undefined>>,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  const given = variables[name] || allowed[0];
  const found = allowed.find((each) => each === given);
  if (found !== undefined) return found;
  throw new WildRydesError('USAGE', `${name} must be one of ${allowed.join(', ')} (given ${given})`, {
    next: `Set ${name} in the function's configuration, or leave it out for ${allowed[0]}.`,
  });
}
