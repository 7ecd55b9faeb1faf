import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { PROJECT_ROOT } from '../infra/project.ts';
import { readWalk } from '../test/interop/cli-walk/walk.ts';
import { temporaryFolder } from '../test/kit.ts';
import { writtenCommands } from '../test/written-commands.ts';
import { moduleNumbered, placesNamed } from '../workshop/guide/steps.ts';
import { textOf } from '../workshop/guide/text.ts';
import { MODULES } from '../workshop/modules/index.ts';
import { type CostFlags, cost } from './cost/cost.ts';
import { type DeployFlags, MAIN_LINE, readSettings } from './deploy/flags.ts';
import { normaliseOlderSpelling } from './older-spelling.ts';
import { parse } from './parser.ts';

/** Every command of the kit in every text of the project is one that the kit's own parser takes. */

/** What is not of the project: packages, what was built, what a learner makes, and what a start keeps. */
const NOT_OURS = /(^|\/)(node_modules|dist|target|my-rydes|\.[^/]+)(\/|$)/;

/** Without git, which a user of the tests may not have. */
const TEXTS = readdirSync(PROJECT_ROOT)
  .filter((name) => !NOT_OURS.test(name))
  .flatMap((name) =>
    statSync(join(PROJECT_ROOT, name)).isDirectory()
      ? readdirSync(join(PROJECT_ROOT, name), { recursive: true }).map((path) =>
          [name, ...String(path).split(sep)].join('/'),
        )
      : [name],
  )
  .filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md' && !NOT_OURS.test(path))
  .sort();

class Parsed extends Error {}

/** Parses the words as the program would, and stops before the command runs. */
async function parsed(words: readonly string[]): Promise<object> {
  let found: object | undefined;
  const stop = (flags: object) => {
    found = flags;
    throw new Parsed();
  };
  // The parser ends the process itself after --help and --version: those are commands that it takes.
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => stop({}) as never);
  const silence = vi.spyOn(console, 'log').mockReturnValue();
  try {
    await parse(normaliseOlderSpelling(words), 80, stop);
  } catch (error) {
    if (!(error instanceof Parsed)) throw error;
  } finally {
    exit.mockRestore();
    silence.mockRestore();
  }
  if (found === undefined) throw new Error('no command was found in it');
  return found;
}

const WRITTEN = TEXTS.map((path) => ({
  path,
  commands: writtenCommands(readFileSync(join(PROJECT_ROOT, path), 'utf8')),
})).filter(({ commands }) => commands.length > 0);

test.each(WRITTEN)('$path has commands that the parser takes', async ({ path, commands }) => {
  for (const { line, text, words } of commands) {
    try {
      insistOnValues(words[0] ?? '', await parsed(words));
    } catch (error) {
      expect.fail(`${path}:${line}: ${text}: ${(error as Error).message}`);
    }
  }
});

/** What the parser leaves to the command itself: names of stacks, prefixes, numbers, steps. */
function insistOnValues(name: string, flags: object): void {
  const { step, module } = flags as { step?: string; module?: string };
  if (step !== undefined) placesNamed(MODULES, step);
  if (module !== undefined) moduleNumbered(MODULES, module);
  if (['deploy', 'destroy', 'outputs'].includes(name)) readSettings(flags as DeployFlags, {});
  if (name !== 'cost') return;
  const silence = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    cost(flags as CostFlags);
  } finally {
    silence.mockRestore();
  }
}

/** Runs a block in a shell whose kit only tells what it was given. */
function typedIn(block: string, PREFIX: string): string[][] {
  const folder = temporaryFolder();
  for (const program of ['wildrydes', 'producer', 'consumer']) {
    const words = program === 'wildrydes' ? '' : `${program} `;
    writeFileSync(join(folder, program), `#!/bin/sh\nprintf '%s\\n' ${words}"$@" ''\n`, { mode: 0o755 });
  }
  // Nothing else can be called: what is for AWS alone is the kit's, or a variable.
  const told = execFileSync('/bin/sh', ['-eu', '-c', block], {
    cwd: folder,
    env: { PREFIX, PATH: '' },
    encoding: 'utf8',
  });
  return told
    .trimEnd()
    .split('\n\n')
    .map((command) => command.split('\n'));
}

const DEPLOYING = MODULES.flatMap((module) => {
  const blocks = readWalk(textOf(module)).flatMap((step) =>
    'where' in step && step.where === 'stacks' ? [step.commands] : [],
  );
  // A later block has the variables of an earlier one.
  return blocks.length === 0 ? [] : [[module.folder, blocks.join('')] as const];
});

test.each(DEPLOYING)(
  '%s deploys beside what was made by hand, with a prefix or without',
  async (_, block) => {
    for (const [prefix, fast] of [
      ['', 'fast'],
      ['alice-', 'alicefast'],
    ] as const) {
      for (const words of typedIn(block, prefix)) {
        const flags = (await parsed(words)) as { prefix?: string; stream?: string; application?: string };
        insistOnValues(words[0] ?? '', flags);
        const { prefix: given = (flags.stream ?? flags.application)?.split('-')[0] } = flags;
        expect(given, words.join(' ')).toBe(fast);
      }
    }
  },
);

test('every module that a stack can make says how', () => {
  expect(DEPLOYING.map(([folder]) => folder)).toEqual([
    '01-streaming-data',
    '03-streaming-aggregation',
    '04-stream-processing',
    '09-clean-up',
  ]);
  const deployed = DEPLOYING.flatMap(([, block]) =>
    [...block.matchAll(/--stack (\w+)/g)].map(([, name]) => name),
  );
  expect(new Set(deployed)).toEqual(new Set(MAIN_LINE));
});

describe('commands in a text', () => {
  const words = (markdown: string) => writtenCommands(markdown).map((each) => each.words);
  test('stand in blocks, over several lines, with what a shell does with them', () => {
    const block = [
      '```sh',
      './producer --name "A B" \\',
      '  --stream $STREAM > out.json',
      './wildrydes check || true',
      'aws --x "$(./wildrydes outputs --json)"',
      '```',
    ].join('\n');
    expect(words(block)).toEqual([
      ['producer', '--name', 'A B', '--stream', 'x'],
      ['check'],
      ['outputs', '--json'],
    ]);
    expect(writtenCommands(block).map(({ line }) => line)).toEqual([2, 4, 5]);
  });
  test('stand in spans and indented, with words beside them', () => {
    expect(words('Type `./consumer --count 5`, or `./wildrydes start\n--port 1`.')).toEqual([
      ['consumer', '--count', '5'],
      ['start', '--port', '1'],
    ]);
    expect(words('    ./wildrydes stop    ends it\n')).toEqual([['stop']]);
  });
  test('are not what is only named, or spoken of', () => {
    expect(words('`./wildrydes`, `./wildrydes check N.STEP`, `./producer …`, ./wildrydes/x')).toEqual([]);
  });
});

test.each([
  ['./wildrydes deploy --stack Processing --stacks', 'there is no option --stacks here'],
  ['./wildrydes deploy --stack Processes', '--stack must be one of'],
  ['./wildrydes depoly', 'there is no command depoly'],
  ['./wildrydes workshop check 4.poisons', 'module 4 has no step poisons'],
  ['./wildrydes cost --hours many', '--hours must be a number'],
])('%s would be found out', async (text, complaint) => {
  const [{ words } = { words: [] }] = writtenCommands(`\`${text}\``);
  const understood = async () => insistOnValues(words[0] ?? '', await parsed(words));
  await expect(understood()).rejects.toThrow(complaint);
});
