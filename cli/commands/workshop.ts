import type { CommandModule } from 'yargs';
import { oneOf, oneRegion, oneText, PORT_OPTION } from '../options.ts';
import type { CheckFlags, ModuleFlags, SolutionFlags, StepFlags } from '../workshop/commands.ts';
import type { WorkshopFlags } from '../workshop/session.ts';

const WHERE = { group: 'Where:' } as const;
const HOW = { group: 'How:' } as const;

const COMMON_OPTIONS = {
  target: oneOf(
    '--target',
    ['local', 'aws'],
    'local or aws [default: as the shell it is typed in, else local]',
    WHERE,
  ),
  port: PORT_OPTION,
  region: oneRegion('AWS region, with --target aws', WHERE),
  profile: oneText('AWS profile, with --target aws', WHERE),
  prefix: oneText('before each name, where people share an account, such as alice [default: none]', WHERE),
  json: { type: 'boolean', group: 'What you see:', describe: 'JSON instead of words' },
} as const;

const STEP = { type: 'string', describe: 'a step, such as 1.stream or 1.2 [default: the next]' } as const;
const YES = { yes: { type: 'boolean', ...HOW, describe: 'do not ask' } } as const;

const commands = () => import('../workshop/commands.ts');
const cloud = () => import('../workshop/cloud.ts');

const startCommand: CommandModule<object, { readonly port?: number | undefined }> = {
  command: 'start',
  describe: 'begin, or go on: a cloud of its own in the background, and the starter code',
  builder: (yargs) => yargs.option('port', PORT_OPTION),
  handler: async (flags) => {
    process.exitCode = await (await cloud()).startWorkshop(flags);
  },
};

const stopCommand: CommandModule = {
  command: 'stop',
  describe: 'end its cloud; what you made is kept',
  handler: async () => (await cloud()).stopWorkshop(),
};

const checkCommand: CommandModule<object, CheckFlags> = {
  command: 'check [step]',
  describe: 'look at what you have made: a step, or a module up to the first step that is not done',
  builder: (yargs) =>
    yargs
      .positional('step', {
        type: 'string',
        describe: 'such as 1.stream, 1.2, or 1 [default: the next step]',
      })
      .options({
        all: { type: 'boolean', ...HOW, describe: 'everything that has passed, once more' },
        ...COMMON_OPTIONS,
      })
      .example('$0 workshop check', 'the next step')
      .example('$0 workshop check 1', 'module 1'),
  handler: async (flags) => {
    process.exitCode = await (await commands()).check(flags);
  },
};

const hintCommand: CommandModule<object, StepFlags> = {
  command: 'hint [step]',
  describe: 'a hint; each time one more, three in all',
  builder: (yargs) => yargs.positional('step', STEP).options(COMMON_OPTIONS),
  handler: async (flags) => (await commands()).hint(flags),
};

const solutionCommand: CommandModule<object, SolutionFlags> = {
  command: 'solution [step]',
  describe: 'the answer of a step that has passed',
  builder: (yargs) =>
    yargs.positional('step', STEP).options({
      insist: { type: 'boolean', ...HOW, describe: 'also of one that has not' },
      write: { type: 'boolean', ...HOW, describe: 'put its files in place of yours, which are kept beside' },
      ...COMMON_OPTIONS,
    }),
  handler: async (flags) => (await commands()).solution(flags),
};

const listCommand: CommandModule<object, WorkshopFlags> = {
  command: 'list',
  describe: 'all modules and steps, and how far you are',
  builder: (yargs) => yargs.options(COMMON_OPTIONS),
  handler: async (flags) => (await commands()).list(flags),
};

const watchCommand: CommandModule<object, WorkshopFlags> = {
  command: 'watch',
  describe: 'look again and again, and move on by itself',
  builder: (yargs) => yargs.options(COMMON_OPTIONS),
  handler: async (flags) => (await commands()).watch(flags),
};

const catchUpCommand: CommandModule<object, ModuleFlags> = {
  command: 'catch-up <module>',
  describe: 'install what the modules before this one make, and go on from there',
  builder: (yargs) =>
    yargs
      .positional('module', { type: 'string', describe: 'a number' })
      .options(COMMON_OPTIONS)
      .example('$0 workshop catch-up 4', 'for whoever comes at half-time'),
  handler: async (flags) => (await commands()).catchUpTo(flags),
};

const resetCommand: CommandModule<object, ModuleFlags> = {
  command: 'reset [module]',
  describe: 'delete what a module made, or all of them, and begin it anew',
  builder: (yargs) =>
    yargs
      .positional('module', { type: 'string', describe: 'a number [default: all]' })
      .options({ ...YES, ...COMMON_OPTIONS }),
  handler: async (flags) => (await commands()).reset(flags),
};

const packCommand: CommandModule<
  object,
  {
    readonly file?: string | undefined;
    readonly out?: string | undefined;
    readonly json?: boolean | undefined;
  }
> = {
  command: 'pack <file>',
  describe: 'make a zip for Lambda of a file and what it imports',
  builder: (yargs) =>
    yargs
      .positional('file', { type: 'string', describe: 'TypeScript (.ts), a module (.mjs) or CommonJS (.js)' })
      .options({
        out: oneText('the zip [default: beside the file]', WHERE),
        json: COMMON_OPTIONS.json,
      }),
  handler: async (flags) => (await commands()).packFile(flags),
};

/** `wildrydes workshop`: the guided modules. Alone, the one next thing to do. */
export const workshopCommand: CommandModule<object, WorkshopFlags> = {
  command: 'workshop',
  describe: 'build the pipeline with your own hands, step by step, each step checked',
  builder: (yargs) =>
    yargs
      .command(startCommand)
      .command(checkCommand)
      .command(hintCommand)
      .command(solutionCommand)
      .command(listCommand)
      .command(watchCommand)
      .command(packCommand)
      .command(catchUpCommand)
      .command(resetCommand)
      .command(stopCommand)
      .options(COMMON_OPTIONS)
      .example('$0 workshop start', 'begin')
      .example('$0 workshop', 'the one next thing to do, and why'),
  handler: async (flags) => (await commands()).overview(flags),
};
