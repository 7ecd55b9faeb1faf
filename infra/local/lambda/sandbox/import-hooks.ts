import { insistOnOwn, type PackageRoots } from './runtime/packages.ts';

/**
 * Runs in the thread in which Node before 22.15 resolves a function's imports; built to `dist/` on its own.
 * Source: https://nodejs.org/api/module.html#moduleregisterspecifier-parenturl-options
 */

let roots: PackageRoots | undefined;

export function initialize(given: PackageRoots): void {
  roots = given;
}

interface Context {
  readonly parentURL?: string | undefined;
}
type Next = (specifier: string, context: Context) => Promise<{ readonly url: string }>;

export async function resolve(
  specifier: string,
  context: Context,
  next: Next,
): Promise<{ readonly url: string }> {
  const resolved = await next(specifier, context);
  if (roots !== undefined) insistOnOwn(roots, specifier, context, resolved);
  return resolved;
}
