import type { ChalkInstance } from 'chalk';
import type { Finding } from '../../workshop/finding.ts';
import type { Place } from '../../workshop/guide/steps.ts';
import type { Module } from '../../workshop/module.ts';
import { asTyped } from '../hints.ts';
import { fold, pad, printable } from '../terminal.ts';

/** What the workshop says, in lines. */

const COLUMNS = 100;
const LABEL = 12;

/** A finding: one line when the step has passed; else what was looked at, found and expected, and what to do. */
export function findingLines(
  { id }: Place,
  finding: Finding,
  { green, yellow, red, bold }: ChalkInstance,
): string[] {
  const word = { passed: green, 'not yet': yellow, wrong: red, 'could not check': yellow }[finding.verdict];
  const head = `${bold(id)}  ${word(finding.verdict)}`;
  if (finding.verdict === 'passed') {
    return [`${head}  ${printable(finding.looked)}: ${printable(finding.found)}`];
  }
  const { looked, found, expected, next } = finding;
  return [
    head,
    ...labelled('looked at', looked),
    ...labelled('found', found),
    ...labelled('expected', expected),
    ...labelled('next', asTyped(next)),
  ];
}

function labelled(label: string, text: string): string[] {
  // A command is to be copied: it stays on its line.
  const columns = label === 'next' ? Number.POSITIVE_INFINITY : COLUMNS;
  return fold(`  ${pad(label, LABEL)}${printable(text)}`, columns, 2 + LABEL);
}

/** A step that is to be done: what, and why. */
export function taskLines({ id, step }: Place, { bold, dim }: ChalkInstance): string[] {
  return [`${bold(id)}  ${bold(step.goal)}`, ...fold(step.why, COLUMNS).map((line) => dim(line))];
}

export function moduleLine({ number, title, minutes }: Module, { bold }: ChalkInstance): string {
  return `${bold(`${number}. ${title}`)}  ${minutes} minutes`;
}

/** Where a module's text is. */
export function pathOfText({ folder }: Module): string {
  return `workshop/modules/${folder}/README.md`;
}
