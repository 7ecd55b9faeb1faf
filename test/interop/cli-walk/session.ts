import { randomUUID } from 'node:crypto';
import { command, MAIN } from '../../kit.ts';

/** One `wildrydes shell` that stays open: what a step sets, the next one has. */
export interface Session {
  /** Runs commands up to the first that fails. */
  run(commands: string): Promise<Shown>;
  /** Leaves the shell, and gives its exit status. */
  leave(): Promise<number | null>;
}

export interface Shown {
  readonly status: number;
  readonly stdout: string;
  /** What was written to standard error in all steps so far. */
  readonly stderr: string;
}

/** How a shell is opened. */
export interface SessionOptions {
  /** Of the local cloud. */
  readonly port: number;
  /** Where `aws` is found. */
  readonly path: string;
  /** Where files of the guide go. */
  readonly cwd: string;
  /** The command that is `wildrydes`; default: the built one of this project. */
  readonly wildrydes?: readonly [string, ...string[]];
}

/** Opens a shell, which is killed when the test ends. */
export function openSession({ port, path, cwd, wildrydes }: SessionOptions): Session {
  const [program, ...args] = wildrydes ?? [process.execPath, MAIN];
  const shell = command(
    program,
    [...args, 'shell', '--port', String(port), '-c', 'exec sh -s'],
    { PATH: path, HOME: cwd, SHELL: '/bin/sh' },
    cwd,
  );
  let heard = '';
  shell.child.stdout.on('data', (text: string) => {
    heard += text;
  });
  return {
    async run(commands) {
      const mark = randomUUID();
      const from = heard.length;
      shell.child.stdin.write(stepScript(commands, mark));
      const last = await shell.line((line) => line.startsWith(mark));
      const stdout = heard.slice(from, heard.indexOf(`\n${mark}`));
      return { status: Number(last.slice(mark.length)), stdout, stderr: shell.stderr() };
    },
    async leave() {
      shell.child.stdin.end();
      return (await shell.finished).status;
    },
  };
}

/** In a shell of its own, so that a command that fails ends the step and not the session; variables are handed on. */
function stepScript(commands: string, mark: string): string {
  return `(
set -ea
[ ! -f .variables ] || . ./.variables
${commands}
export -p > .variables
)
printf '\\n%s %s\\n' ${mark} "$?"
`;
}
