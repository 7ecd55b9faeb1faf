import Module from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Which packages a function finds: its own, and the SDK that Lambda's runtime brings, which lies in the `node_modules`
 * of the folder above. Node would go on looking in every folder above that, and the state folder may lie inside a
 * project: what a function forgot to pack would be found here, and on AWS not.
 */
export interface PackageRoots {
  /** The function's code. Absolute, without symbolic links. */
  readonly taskRoot: string;
  /** The folder above, with the runtime's `node_modules`. */
  readonly runtimeRoot: string;
}

/** Confines `require()` to them. */
export function confineRequire({ taskRoot, runtimeRoot }: PackageRoots): void {
  // Not documented, and the same since Node's first years; where it is missing, a function finds more than it should.
  const internals = Module as unknown as { _nodeModulePaths?: (from: string) => string[] };
  const original = internals._nodeModulePaths;
  if (original === undefined) return;
  internals._nodeModulePaths = (from) => {
    const paths = original.call(Module, from);
    if (!isWithin(taskRoot, from)) return paths;
    return [...paths.filter((path) => isWithin(taskRoot, path)), join(runtimeRoot, 'node_modules')];
  };
}

interface Resolved {
  readonly url: string;
}
interface ResolveContext {
  readonly parentURL?: string | undefined;
}
/** Of Node 22.15 and later. Source: https://nodejs.org/api/module.html#moduleregisterhooksoptions */
type RegisterHooks = (hooks: {
  resolve(
    specifier: string,
    context: ResolveContext,
    next: (specifier: string, context: ResolveContext) => Resolved,
  ): Resolved;
}) => void;

/**
 * Confines `import` to them. Before Node 22.15 that costs a thread, and so is done only for functions that are ES modules.
 *
 * @param hooks URL of the built import-hooks.js
 */
export function confineImport(roots: PackageRoots, hooks: string): void {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    Module.register(hooks, { data: roots });
    return;
  }
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      insistOnOwn(roots, specifier, context, resolved);
      return resolved;
    },
  });
}

const OF_THE_RUNTIME = /^@(?:aws-sdk|smithy)\//;

/** Neither a path nor a URL: a package, or a module of Node's. */
const BARE = /^(?![./#]|[a-z][a-z0-9+.-]*:)/i;

/**
 * Refuses a package that was found above the function and the runtime.
 *
 * @throws Error ERR_MODULE_NOT_FOUND
 */
export function insistOnOwn(
  { taskRoot }: PackageRoots,
  specifier: string,
  { parentURL }: ResolveContext,
  { url }: Resolved,
): void {
  if (!BARE.test(specifier) || OF_THE_RUNTIME.test(specifier) || !url.startsWith('file:')) return;
  if (parentURL === undefined || !parentURL.startsWith('file:')) return;
  const importer = fileURLToPath(parentURL);
  if (!isWithin(taskRoot, importer) || isWithin(taskRoot, fileURLToPath(url))) return;
  throw Object.assign(new Error(`Cannot find package '${specifier}' imported from ${importer}`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root + sep);
}
