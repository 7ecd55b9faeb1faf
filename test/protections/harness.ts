import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/project.ts';
import type { Protection } from './protection.ts';

/** Takes a protection out of a copy of the project, and runs there the test that must notice. */

/** Milliseconds that one run may take, its start included. */
const LONGEST_RUN = 120_000;

/** What became of the tests that were meant, by their full names. */
export interface TestRun {
  readonly passed: readonly string[];
  /** Those that an assertion or an error ended. */
  readonly failed: readonly string[];
  /** Those that only ran out of time: that they notice what is missing is not certain. */
  readonly late: readonly string[];
}

/**
 * @param source the file's text
 * @returns the same without the protection
 * @throws Error if its piece of the text is not there, or more than once
 */
export function withoutIt(source: string, { file, text, without }: Protection): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `${file} must hold this piece exactly once (found ${source.split(text).length - 1}): ${text}`,
    );
  }
  return before + without + after;
}

/** Copies of the project, each for one run at a time. */
export class Copies {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wildrydes-protections-'));
  readonly #free: string[] = [];
  readonly #waiting: ((copy: string) => void)[] = [];
  readonly #children = new Set<ChildProcess>();
  #runs = 0;

  constructor(count: number) {
    for (let n = 1; n <= count; n++) this.#free.push(copyTo(join(this.#folder, String(n))));
    mkdirSync(join(this.#folder, 'tmp'));
  }

  /**
   * Runs tests of a file of the unit project, as they are or without a protection.
   *
   * @throws Error if nothing can be told: the file could not be loaded, or time ran out
   */
  async run(file: string, names: readonly string[], missing?: Protection): Promise<TestRun> {
    const copy = this.#free.pop() ?? (await new Promise<string>((resolve) => this.#waiting.push(resolve)));
    const cut = missing && join(copy, missing.file);
    const source = cut && readFileSync(cut, 'utf8');
    try {
      if (cut && source) writeFileSync(cut, withoutIt(source, missing));
      return await this.#vitest(copy, file, names);
    } finally {
      if (cut && source) writeFileSync(cut, source);
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(copy);
      else next(copy);
    }
  }

  /** Ends what still runs, and removes the copies. */
  async remove(): Promise<void> {
    await Promise.all([...this.#children].map(end));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #vitest(copy: string, file: string, names: readonly string[]): Promise<TestRun> {
    const report = join(this.#folder, `${++this.#runs}.json`);
    // In threads, so that the end of this one process is the end of all of it. The cache would be the project's own.
    const options = ['--project', 'unit', '--pool', 'threads', '--no-cache', '--reporter', 'json'];
    const pattern = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
    const child = spawn(
      process.execPath,
      [
        join(copy, 'node_modules/vitest/vitest.mjs'),
        ...['run', join(copy, file), '--testNamePattern', pattern, ...options, '--outputFile', report],
      ],
      { cwd: copy, env: environment(join(this.#folder, 'tmp')), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#children.add(child);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const limit = setTimeout(() => void end(child), LONGEST_RUN);
    await once(child, 'close');
    clearTimeout(limit);
    this.#children.delete(child);
    if (!existsSync(report))
      throw new Error(`${file} gave no report (${child.signalCode ?? child.exitCode}): ${said}`);
    return read(JSON.parse(readFileSync(report, 'utf8')) as Report, file);
  }
}

/** What is used of vitest's JSON report, which is Jest's. */
interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function read({ testResults }: Report, file: string): TestRun {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0) {
    throw new Error(`${file} could not be loaded: ${testResults.map(({ message }) => message).join('\n')}`);
  }
  const failed = tests.filter(({ status }) => status === 'failed');
  const late = failed.filter(({ failureMessages }) =>
    failureMessages.every((message) => /^Error: (Test|Hook) timed out in /.test(message)),
  );
  return {
    passed: tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
    failed: failed.filter((test) => !late.includes(test)).map(({ fullName }) => fullName),
    late: late.map(({ fullName }) => fullName),
  };
}

/** What git has of the project, and what it would have if all were added; packages stay where they are. */
function copyTo(copy: string): string {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  });
  for (const file of new Set(listed.split('\0'))) {
    const source = join(PROJECT_ROOT, file);
    if (file !== '' && file !== 'node_modules' && existsSync(source)) cpSync(source, join(copy, file));
  }
  symlinkSync(realpathSync(join(PROJECT_ROOT, 'node_modules')), join(copy, 'node_modules'), 'junction');
  return copy;
}

/** The environment, without what this run of vitest put into it; what a child leaves behind is removed with the copies. */
function environment(temporary: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$|FORCE_COLOR$)/.test(name));
  return { ...Object.fromEntries(kept), TMPDIR: temporary, TEMP: temporary, TMP: temporary };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}
