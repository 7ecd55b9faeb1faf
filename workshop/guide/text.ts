import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Module } from '../module.ts';
import { folderOf } from './places.ts';

/** What a module's text says of one of its steps. */
export interface StepText {
  readonly heading: string;
  /** Blocks of commands, as they are typed; those of the check are left out. */
  readonly commands: readonly CommandBlock[];
}

/** A fenced block of `sh`, and what its info string says behind that. */
export interface CommandBlock {
  readonly commands: string;
  /** `aws` or `local`: for that target alone. */
  readonly target: 'aws' | 'local' | undefined;
  /** Typed in the second shell. */
  readonly second: boolean;
}

/** All that there is to read of a module, in Markdown. */
export function textOf(module: Module): string {
  const names = ['README.md', ...(module.furtherTexts ?? [])];
  return names.map((name) => readFileSync(join(folderOf(module), name), 'utf8')).join('\n');
}

const STEP = /^## (.+)\n+<!-- step: ([a-z0-9-]+) -->$/gm;

/** A module's text by the names of its steps, in the order in which they stand there. */
export function readText(markdown: string): ReadonlyMap<string, StepText> {
  const found = [...markdown.matchAll(STEP)];
  return new Map(
    found.map(({ 1: heading = '', 2: name = '', index }) => {
      const end = markdown.slice(index + 3).search(/^## /m);
      const section = end < 0 ? markdown.slice(index) : markdown.slice(index, index + 3 + end);
      return [name, { heading, commands: commandsIn(section) }];
    }),
  );
}

function commandsIn(section: string): CommandBlock[] {
  const blocks: CommandBlock[] = [];
  for (const { 1: words = '', 2: commands = '' } of section.matchAll(/^```sh\b(.*)\n([\s\S]*?)^```$/gm)) {
    if (/^\.\/wildrydes workshop check /.test(commands)) continue;
    const given = words.trim().split(/\s+/);
    blocks.push({
      commands,
      target: given.find((word) => word === 'aws' || word === 'local') as CommandBlock['target'],
      second: given.includes('second'),
    });
  }
  return blocks;
}
