import { join } from 'node:path';
import { openDocuments } from '../../documents.ts';
import type { FunctionDefinition, Outcome } from '../definitions.ts';
import { functionNotFound, invalidParameter, throttled } from '../errors.ts';
import { VERSION } from '../identity.ts';
import { Environments, type EnvironmentsOptions, type InvokeOptions } from '../sandbox/environments.ts';
import type { Input } from '../sandbox/protocol.ts';
import { type CodeStore, openCodeStore } from './code-store.ts';
import type { FunctionRecord, StoredFunction } from './stored-function.ts';

/** One version of a function: the kit's own, or an uploaded one. */
export type FoundFunction =
  | { readonly kind: 'own'; readonly definition: FunctionDefinition }
  | { readonly kind: 'uploaded'; readonly function: StoredFunction; readonly record: FunctionRecord };

/** The functions of the local cloud. One that the kit registers hides an uploaded one of the same name. */
export interface Functions {
  readonly code: CodeStore;
  /** @param qualifier of a version; absent: whether the name is taken */
  has(functionName: string, qualifier?: string): boolean;
  names(): readonly string[];
  /** Every function's `$LATEST`, in the order of their names. */
  all(): readonly FoundFunction[];
  /** @throws LambdaError ResourceNotFoundException */
  find(functionName: string, qualifier?: string): FoundFunction;
  /** As `find`, for a change. @throws LambdaError InvalidParameterValueException for one of the kit's own */
  changeable(functionName: string, qualifier?: string): Extract<FoundFunction, { kind: 'uploaded' }>;
  /** Makes one of the kit's own known, or replaces it. */
  register(definition: FunctionDefinition): void;
  /** Adds, or replaces. On disk when it returns; invocations that begin from now on use it. */
  put(changed: StoredFunction): void;
  delete(functionName: string): void;
  /**
   * Invokes a function once.
   *
   * @throws LambdaError ResourceNotFoundException; TooManyRequestsException beyond its reserved concurrency
   */
  invoke(functionName: string, qualifier: string, input: Input, options?: InvokeOptions): Promise<Outcome>;
  /** Ends all that runs. */
  close(): Promise<void>;
}

/**
 * @param folder state folder of the service
 * @param created told of each function that is uploaded
 */
export function openFunctions(
  folder: string,
  inMemory: boolean,
  options: EnvironmentsOptions,
  created: (functionName: string) => void,
): Functions {
  const stored = openDocuments<StoredFunction>({
    file: inMemory ? null : join(folder, 'functions.json'),
    what: 'functions',
  });
  const code = openCodeStore(join(folder, 'functions'));
  const own = new Map<string, FunctionDefinition>();
  /** By name and version. */
  const running = new Map<string, Environments>();
  /** With the code that they run, '' for none of ours. */
  const retiring = new Map<Environments, string>();
  let closed = false;
  sweep();

  /** Removes the code that nothing refers to, and nothing runs that is on its way out. */
  function sweep(): void {
    const records = stored.all().flatMap(({ latest, versions }) => [latest, ...versions]);
    code.keepOnly([...records.map((each) => each.codeSha256), ...retiring.values()]);
  }

  /** Keeps nothing of it warm. What is under way goes on, and its code stays until that has ended. */
  async function retire(key: string, codeSha256?: string): Promise<void> {
    const environments = running.get(key);
    if (environments === undefined) return;
    running.delete(key);
    retiring.set(environments, codeSha256 ?? '');
    await environments.retire();
    retiring.delete(environments);
    if (!closed) sweep();
  }

  function environmentsOf(found: FoundFunction): Environments {
    const key =
      found.kind === 'own'
        ? keyOf(found.definition.functionName, VERSION)
        : keyOf(found.record.functionName, found.record.version);
    const existing = running.get(key);
    if (existing !== undefined) return existing;
    const started = new Environments(
      found.kind === 'own' ? found.definition : runnable(found.record, code),
      options,
    );
    running.set(key, started);
    return started;
  }

  function find(functionName: string, qualifier: string = VERSION): FoundFunction {
    const definition = own.get(functionName);
    if (definition !== undefined) {
      if (qualifier === VERSION) return { kind: 'own', definition };
      throw functionNotFound(functionName, qualifier);
    }
    const found = stored.get(functionName);
    const record = [found?.latest, ...(found?.versions ?? [])].find((each) => each?.version === qualifier);
    if (found === undefined || record === undefined) throw functionNotFound(functionName, qualifier);
    return { kind: 'uploaded', function: found, record };
  }

  function inFlight({ latest, versions }: StoredFunction): number {
    return [latest, ...versions].reduce(
      (sum, { functionName, version }) => sum + (running.get(keyOf(functionName, version))?.inFlight ?? 0),
      0,
    );
  }

  return {
    code,
    has(functionName, qualifier) {
      if (own.has(functionName)) return qualifier === undefined || qualifier === VERSION;
      const found = stored.get(functionName);
      if (found === undefined || qualifier === undefined) return found !== undefined;
      return qualifier === VERSION || found.versions.some(({ version }) => version === qualifier);
    },
    names: () => [...stored.all().map(({ latest }) => latest.functionName), ...own.keys()],
    find,

    all() {
      const uploaded = stored
        .all()
        .filter(({ latest }) => !own.has(latest.functionName))
        .map((each): FoundFunction => ({ kind: 'uploaded', function: each, record: each.latest }));
      const registered = [...own.values()].map((definition): FoundFunction => ({ kind: 'own', definition }));
      return [...uploaded, ...registered].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    },

    changeable(functionName, qualifier) {
      const found = find(functionName, qualifier);
      if (found.kind === 'uploaded') return found;
      throw invalidParameter(
        `${functionName} is one of the kit's own functions: change its source, and start the pipeline again`,
      );
    },

    register(definition) {
      own.set(definition.functionName, definition);
      void retire(keyOf(definition.functionName, VERSION));
    },

    put(changed) {
      const { functionName } = changed.latest;
      const before = stored.get(functionName);
      stored.put(functionName, changed);
      if (before?.latest !== changed.latest)
        void retire(keyOf(functionName, VERSION), before?.latest.codeSha256);
      for (const { version } of before?.versions ?? []) {
        if (!changed.versions.some((each) => each.version === version))
          void retire(keyOf(functionName, version));
      }
      sweep();
      if (before === undefined) created(functionName);
    },

    delete(functionName) {
      const before = stored.get(functionName);
      stored.delete(functionName);
      if (before === undefined) return;
      for (const { version } of [before.latest, ...before.versions])
        void retire(keyOf(functionName, version));
      sweep();
    },

    async invoke(functionName, qualifier, input, invocation) {
      const found = find(functionName, qualifier);
      if (found.kind === 'uploaded') {
        const { reservedConcurrency } = found.function;
        if (reservedConcurrency !== null && inFlight(found.function) >= reservedConcurrency)
          throw throttled();
      }
      if (closed) return { requestId: invocation?.requestId ?? '', kind: 'stopped' };
      return environmentsOf(found).invoke(input, invocation);
    },

    async close() {
      closed = true;
      await Promise.all([...running.values(), ...retiring.keys()].map((environments) => environments.stop()));
    },
  };
}

function keyOf(functionName: string, version: string): string {
  return `${functionName}:${version}`;
}

function nameOf(found: FoundFunction): string {
  return found.kind === 'own' ? found.definition.functionName : found.record.functionName;
}

/** `$LATEST` first, then the published ones in order. */
export function versionsOf(found: FoundFunction): readonly FoundFunction[] {
  if (found.kind === 'own') return [found];
  const { latest, versions } = found.function;
  return [latest, ...versions].map((record) => ({ ...found, record }));
}

function runnable(record: FunctionRecord, code: CodeStore) {
  const { functionName, version, runtime, handler, timeout, memorySize, logGroup } = record;
  const taskRoot = code.folderOf(record.codeSha256);
  const environment = record.environment ?? {};
  return { functionName, version, runtime, handler, timeout, memorySize, environment, taskRoot, logGroup };
}
