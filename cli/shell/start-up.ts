import { basename, join } from 'node:path';
import { shellWord } from '../hints.ts';
import type { Environment, ShellEnvironment } from './environment.ts';

/**
 * How a shell is told where it is. Its own start-up files may set AWS_PROFILE, keys or an endpoint, and the prompt: so
 * it gets a start-up file of ours, which reads the user's and then puts things right.
 */
export interface StartUp {
  /** Arguments before `-c`, or of an interactive shell. */
  readonly args: readonly string[];
  /** Variables by which the shell finds our files and ours find the user's. */
  readonly env: Environment;
  /** Files to write into the folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface StartUpOptions {
  /** Path of the shell. */
  readonly program: string;
  /** Shown before the prompt. */
  readonly mark: string;
  readonly environment: ShellEnvironment;
  readonly outer: Environment;
  /** Where our files are going to be. */
  readonly folder: string;
  /** False: it runs one command and leaves. */
  readonly interactive: boolean;
}

type Family = (options: StartUpOptions) => StartUp;

/** How to start a shell; one of an unknown family just gets the environment. */
export function startUp(options: StartUpOptions): StartUp {
  const family = FAMILIES[basename(options.program).replace(/\.exe$/, '')];
  return family?.(options) ?? { args: [], env: {}, files: {} };
}

/** https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html */
const bash: Family = ({ mark, environment, outer, folder, interactive }) => {
  const rcfile = join(folder, 'bashrc');
  const bashEnv = join(folder, 'bash-env');
  const userEnv = outer.BASH_ENV;
  return {
    args: interactive ? ['--rcfile', rcfile, '-i'] : [],
    // Every script would read it: what it sets must not lead the script elsewhere.
    env: userEnv === undefined ? {} : { BASH_ENV: bashEnv },
    files: {
      bashrc: [
        '[ ! -f ~/.bashrc ] || . ~/.bashrc',
        puttingRight(environment),
        // Some prompts are made anew before each command: the mark is put back then.
        `__wildrydes_mark() { case $PS1 in *${shellWord(mark)}*) ;; *) PS1=${shellWord(mark)}"$PS1" ;; esac; }`,
        'case "$(declare -p PROMPT_COMMAND 2>/dev/null)" in',
        '  "declare -a"*) PROMPT_COMMAND+=(__wildrydes_mark) ;;',
        '  *) PROMPT_COMMAND="$PROMPT_COMMAND"$\'\\n\'__wildrydes_mark ;;',
        'esac',
        '',
      ].join('\n'),
      'bash-env': [
        ...(userEnv === undefined ? [] : [readIfThere(userEnv)]),
        puttingRight(environment),
        '',
      ].join('\n'),
    },
  };
};

/** https://zsh.sourceforge.io/Doc/Release/Files.html: .zshenv for each shell, then .zshrc for an interactive one. */
const zsh: Family = ({ mark, environment, outer, folder, interactive }) => ({
  args: interactive ? ['-i'] : [],
  env: { ZDOTDIR: folder },
  files: {
    '.zshenv': [
      `ZDOTDIR=${shellWord(outer.ZDOTDIR ?? outer.HOME ?? '')}`,
      '[[ ! -f $ZDOTDIR/.zshenv ]] || . "$ZDOTDIR/.zshenv"',
      'if [[ -o interactive ]]; then',
      `  __wildrydes_zdotdir=$ZDOTDIR ZDOTDIR=${shellWord(folder)}`,
      'else',
      puttingRight(environment),
      'fi',
      '',
    ].join('\n'),
    '.zshrc': [
      'ZDOTDIR=$__wildrydes_zdotdir; unset __wildrydes_zdotdir',
      '[[ ! -f $ZDOTDIR/.zshrc ]] || . "$ZDOTDIR/.zshrc"',
      puttingRight(environment),
      `__wildrydes_mark() { case $PROMPT in *${shellWord(mark)}*) ;; *) PROMPT=${shellWord(mark)}"$PROMPT" ;; esac }`,
      'precmd_functions+=(__wildrydes_mark)',
      '',
    ].join('\n'),
  },
});

/** An interactive POSIX shell reads the file that ENV names: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sh.html */
const posix: Family = ({ mark, environment, outer, folder, interactive }) => ({
  args: interactive ? ['-i'] : [],
  env: interactive ? { ENV: join(folder, 'shrc') } : {},
  files: {
    shrc: [
      ...(outer.ENV === undefined ? ['unset ENV'] : [`ENV=${shellWord(outer.ENV)}`, readIfThere(outer.ENV)]),
      puttingRight(environment),
      `PS1=${shellWord(mark)}"\${PS1-\\$ }"`,
      '',
    ].join('\n'),
  },
});

/** https://fishshell.com/docs/current/cmds/fish.html: its configuration is read first, also before a single command. */
const fish: Family = ({ mark, environment, folder, interactive }) => ({
  args: ['--init-command', `source ${shellWord(join(folder, 'init.fish'))}`, ...(interactive ? ['-i'] : [])],
  env: {},
  files: {
    'init.fish': [
      'for name in (set --names --export)',
      // A global one that is not exported hides a universal one, which must not be erased.
      `  if ${fishTest(environment)}; set --global --unexport $name; end`,
      'end',
      ...Object.entries(environment.values).map(
        ([name, value]) => `set --global --export ${name} ${fishWord(value)}`,
      ),
      'if functions --query fish_prompt',
      '  functions --copy fish_prompt __wildrydes_prompt',
      'else',
      '  function __wildrydes_prompt; echo -n "$PWD> "; end',
      'end',
      `function fish_prompt; echo -n ${fishWord(mark)}; __wildrydes_prompt; end`,
      '',
    ].join('\n'),
  },
});

const FAMILIES: Readonly<Record<string, Family>> = {
  bash,
  zsh,
  fish,
  sh: posix,
  dash: posix,
  ash: posix,
  ksh: posix,
  mksh: posix,
};

/** In bash, zsh and any POSIX shell: what the user's start-up files may have changed is as it should be. */
function puttingRight({ without, values }: ShellEnvironment): string {
  const unset = without('AWS_')
    ? [
        'for name in $(env | sed -n \'s/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p\'); do unset "$name"; done; unset name',
      ]
    : [];
  return [
    ...unset,
    ...Object.entries(values).map(([name, value]) => `export ${name}=${shellWord(value)}`),
  ].join('\n');
}

function readIfThere(file: string): string {
  return `[ ! -f ${shellWord(file)} ] || . ${shellWord(file)}`;
}

function fishTest({ without }: ShellEnvironment): string {
  return without('AWS_') ? "string match --quiet 'AWS_*' -- $name" : 'false';
}

function fishWord(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
