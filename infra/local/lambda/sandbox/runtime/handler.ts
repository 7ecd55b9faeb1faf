import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionError } from '../../definitions.ts';
import { describe } from './response.ts';

/** As uploaded code exports it. */
export type Handler = (event: unknown, context: object, callback: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/** Why a function cannot be used: a `Runtime.` error of Lambda's Node.js runtime. */
export class LoadError extends Error {
  readonly error: FunctionError;

  constructor(errorType: string, errorMessage: string, trace: readonly string[] = []) {
    super(errorMessage);
    this.error = { errorType, errorMessage, trace };
  }
}

export interface LoadOptions {
  /** Folder of the code, absolute. */
  readonly taskRoot: string;
  /** `file.export` */
  readonly handler: string;
  /** Whether it may take a callback. */
  readonly callbacks: boolean;
  /** Called before the first ES module is loaded. */
  readonly beforeImport: () => void;
}

/**
 * Finds the handler that a function's settings name: `file.export`, `dir/file.export`, `file.object.method`. The file
 * is tried as Lambda's runtime does: without extension, .js, .mjs, .cjs, then as a package; .js is an ES module where
 * the nearest package.json says `"type": "module"`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html, and the runtime's own source,
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 *
 * @throws LoadError
 */
export async function loadHandler({
  taskRoot,
  handler,
  callbacks,
  beforeImport,
}: LoadOptions): Promise<Handler> {
  if (handler.includes('..')) {
    throw new LoadError(
      'Runtime.MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const file = basename(handler);
  const dot = file.indexOf('.');
  if (dot < 0) throw new LoadError('Runtime.MalformedHandlerName', 'Bad handler');
  const folder = handler.slice(0, handler.length - file.length);
  const module = await loadModule(resolve(taskRoot, folder), file.slice(0, dot), beforeImport);

  let found: unknown = module;
  for (const name of file.slice(dot + 1).split('.')) {
    found = found === undefined || found === null ? undefined : (found as Record<string, unknown>)[name];
  }
  if (!found) throw new LoadError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') {
    throw new LoadError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  if (!callbacks && found.length >= 3) {
    throw new LoadError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda does not support callback-based function handlers when using Node.js 24 and later. ' +
        `Make ${handler} an async function, or return a promise (given ${found.length} parameters).`,
    );
  }
  return found as Handler;
}

async function loadModule(folder: string, name: string, beforeImport: () => void): Promise<unknown> {
  const path = resolve(folder, name);
  const require = createRequire(`${folder}${sep}`);
  try {
    const isModule = typeOf(dirname(path)) === 'module';
    for (const extension of ['', '.js', '.mjs', '.cjs']) {
      const candidate = path + extension;
      if (!existsSync(candidate)) continue;
      if (extension === '.mjs' || (extension === '.js' && isModule)) {
        beforeImport();
        return (await import(pathToFileURL(candidate).href)) as unknown;
      }
      return require(candidate) as unknown;
    }
    return require(require.resolve(name, { paths: [folder] })) as unknown;
  } catch (thrown) {
    throw asLoadError(thrown);
  }
}

/** `module`, or anything else for CommonJS: Node's rule, read from the nearest package.json. */
function typeOf(folder: string): unknown {
  if (basename(folder) === 'node_modules') return undefined;
  const file = resolve(folder, 'package.json');
  if (existsSync(file)) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown } | null)?.type;
    } catch {
      return undefined;
    }
  }
  return dirname(folder) === folder ? undefined : typeOf(dirname(folder));
}

function asLoadError(thrown: unknown): LoadError {
  const { errorType, errorMessage, trace = [] } = describe(thrown);
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  if (thrown instanceof SyntaxError) {
    return new LoadError('Runtime.UserCodeSyntaxError', `SyntaxError: ${errorMessage}`, trace);
  }
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
    return new LoadError('Runtime.ImportModuleError', `Error: ${errorMessage}`, trace);
  }
  return new LoadError(errorType, errorMessage, trace);
}
