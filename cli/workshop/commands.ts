import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeTarget } from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { catchUp, startOver } from '../../workshop/guide/catch-up.ts';
import { type Looked, lookAt, nextPlace } from '../../workshop/guide/checks.ts';
import { solutionFiles, writeSolution } from '../../workshop/guide/starters.ts';
import { moduleNumbered, type Place, placesNamed, placesOf } from '../../workshop/guide/steps.ts';
import { type CommandBlock, readText, textOf } from '../../workshop/guide/text.ts';
import { MODULES } from '../../workshop/modules/index.ts';
import { pack } from '../../workshop/pack.ts';
import { saysYes } from '../control/confirm.ts';
import { asTyped } from '../hints.ts';
import { coloursFor, printable } from '../terminal.ts';
import { type Session, type WorkshopFlags, withSession } from './session.ts';
import { findingLines, moduleLine, pathOfText, taskLines } from './words.ts';

const PLACES = placesOf(MODULES);

/** Statuses of a check: not done yet or wrong, and not to be told. */
const NOT_DONE = 5;
const NOT_KNOWN = 3;

const colours = () => coloursFor(process.stdout, process.env);

/** `wildrydes workshop`: the one next thing to do. */
export function overview(flags: WorkshopFlags): Promise<void> {
  return withSession(flags, async ({ at, progress, print }) => {
    const next = nextPlace(PLACES, progress);
    const required = PLACES.filter(({ step }) => !step.extra);
    const done = required.filter(({ id }) => progress.isDone(id)).length;
    const where = `${describeTarget(at.target)}${at.names.prefix === '' ? '' : `, prefix ${at.names.prefix}`}`;
    print(
      { target: describeTarget(at.target), done, of: required.length, next: next?.id ?? null },
      next === undefined
        ? finishedLines(done)
        : [
            `${moduleLine(next.module, colours())}   ${done} of ${required.length} steps are done at ${where}`,
            '',
            ...taskLines(next, colours()),
            '',
            ...(next.module === MODULES.at(-1)
              ? [asTyped('  first   ./wildrydes workshop check --all, which looks at everything once more')]
              : []),
            `  text    ${pathOfText(next.module)}`,
            ...commandsFor(next),
          ],
    );
  });
}

function finishedLines(done: number): string[] {
  return [
    `All ${done} steps are done, and nothing is left.`,
    asTyped('  ./wildrydes workshop stop    ends the workshop'),
  ];
}

function commandsFor({ id }: Place): string[] {
  return [`  check   ./wildrydes workshop check ${id}`, `  stuck?  ./wildrydes workshop hint ${id}`].map(
    (line) => asTyped(line),
  );
}

export interface CheckFlags extends WorkshopFlags {
  readonly step?: string | undefined;
  readonly all?: boolean | undefined;
}

/**
 * `wildrydes workshop check`: one step, a module up to the first step that is not done, or everything once more.
 *
 * @returns the exit status: 0 when all that was looked at is done; 5 when something is not; 3 when it cannot be told
 */
export function check(flags: CheckFlags): Promise<number> {
  return withSession(flags, async (session) => {
    const { at, progress, print } = session;
    const again = flags.all === true;
    const places = again ? PLACES.filter(({ id }) => progress.isDone(id)) : chosen(flags.step, session);
    const looked: Looked[] = [];
    for await (const each of lookAt(places, at, progress, again)) {
      looked.push(each);
      if (!flags.json) print(undefined, findingLines(each.place, each.finding, colours()));
    }
    const next = nextPlace(PLACES, progress);
    if (flags.json) {
      const findings = looked.map(({ place, finding }) => ({ step: place.id, ...finding }));
      print({ findings, next: next?.id ?? null }, []);
    } else print(undefined, whatNow(looked, next));
    return statusOf(looked);
  });
}

function chosen(step: string | undefined, { progress }: Session): Place[] {
  if (step !== undefined) return placesNamed(MODULES, step);
  const next = nextPlace(PLACES, progress);
  return next === undefined ? [] : [next];
}

function whatNow(looked: readonly Looked[], next: Place | undefined): string[] {
  const unmet = looked.find(({ finding }) => finding.verdict !== 'passed');
  if (unmet !== undefined) {
    return ['', asTyped(`stuck? ./wildrydes workshop hint ${unmet.place.id}`)];
  }
  if (next === undefined) return ['', ...finishedLines(PLACES.filter(({ step }) => !step.extra).length)];
  return ['', `next: ${next.id}  ${next.step.goal}`];
}

function statusOf(looked: readonly Looked[]): number {
  const verdicts = looked.map(({ finding }) => finding.verdict);
  if (verdicts.some((verdict) => verdict === 'not yet' || verdict === 'wrong')) return NOT_DONE;
  return verdicts.includes('could not check') ? NOT_KNOWN : 0;
}

export interface StepFlags extends WorkshopFlags {
  readonly step?: string | undefined;
}

/** `wildrydes workshop hint`: each time one more, three at most. */
export function hint(flags: StepFlags): Promise<void> {
  return withSession(flags, async (session) => {
    const place = single(flags.step, session);
    const count = session.progress.moreHints(place.id);
    const hints = place.step.hints.slice(0, count).map((text) => withPrefix(text, session));
    session.print({ step: place.id, hints, more: 3 - count }, [
      ...taskLines(place, colours()),
      '',
      ...hints.map((text, index) => `  ${index + 1}  ${asTyped(text)}`),
      '',
      asTyped(
        count < 3
          ? `one more: ./wildrydes workshop hint ${place.id}`
          : `that was the last. ./wildrydes workshop solution ${place.id} --insist`,
      ),
    ]);
  });
}

function withPrefix(text: string, { at }: Session): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  return text.replaceAll('${PREFIX}', at.names.prefix);
}

function single(step: string | undefined, session: Session): Place {
  const [place, ...more] = chosen(step, session);
  if (place === undefined)
    throw new WildRydesError('USAGE', 'all steps are done: name one, such as 1.stream');
  if (more.length > 0) {
    throw new WildRydesError('USAGE', `name a step of module ${place.module.number}, such as ${place.id}`);
  }
  return place;
}

export interface SolutionFlags extends StepFlags {
  readonly insist?: boolean | undefined;
  readonly write?: boolean | undefined;
}

/** `wildrydes workshop solution`: the commands of a step as the text has them, and its code. */
export function solution(flags: SolutionFlags): Promise<void> {
  return withSession(flags, async (session) => {
    const place = single(flags.step, session);
    const { id, step, module } = place;
    if (!session.progress.isDone(id) && !flags.insist) {
      throw new WildRydesError(
        'USAGE',
        `${id} has not passed yet: what you find out yourself stays with you`,
        {
          next: `./wildrydes workshop hint ${id}, or add --insist to see it now.`,
        },
      );
    }
    if (flags.write) return writeHere(place, session);
    const text = readText(textOf(module)).get(step.name);
    const blocks = (text?.commands ?? []).filter(
      ({ target }) => target === undefined || target === kindOf(session),
    );
    const files = solutionFiles(place).map((path) => ({ path, content: readFileSync(path, 'utf8') }));
    session.print({ step: id, commands: blocks.map(({ commands }) => commands), files }, [
      ...taskLines(place, colours()),
      ...blocks.flatMap((block) => ['', ...blockLines(block)]),
      ...files.flatMap(({ path, content }) => ['', colours().bold(shown(path)), content.trimEnd()]),
      ...(files.length === 0
        ? []
        : ['', asTyped(`in place of yours: ./wildrydes workshop solution ${id} --insist --write`)]),
    ]);
  });
}

function kindOf({ at }: Session): 'aws' | 'local' {
  return at.target.kind === 'aws' ? 'aws' : 'local';
}

function blockLines({ commands, second }: CommandBlock): string[] {
  return [...(second ? [colours().dim('in the second shell:')] : []), asTyped(commands.trimEnd())];
}

function writeHere(place: Place, { at, print }: Session): void {
  if (place.step.files === undefined) {
    throw new WildRydesError('USAGE', `${place.id} has no files: its answer is commands`, {
      next: `./wildrydes workshop solution ${place.id} --insist`,
    });
  }
  const written = writeSolution(place, at.folder);
  print(
    written,
    written.map(
      ({ path, kept }) => `wrote ${shown(path)}${kept === undefined ? '' : `, yours is now ${shown(kept)}`}`,
    ),
  );
}

/** A path as it is typed from here. */
function shown(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith('..') ? path : from;
}

/** `wildrydes workshop list`: all modules and steps, and how far somebody is. */
export function list(flags: WorkshopFlags): Promise<void> {
  return withSession(flags, async ({ progress, print }) => {
    const { green, dim, yellow } = colours();
    const next = nextPlace(PLACES, progress);
    const mark = ({ id, step }: Place) => {
      const { passed, caughtUp } = progress.of(id);
      if (passed !== undefined) return caughtUp ? dim('caught up') : green('passed');
      if (next?.id === id) return yellow('next');
      return step.extra ? dim('extra credit') : '';
    };
    print(
      PLACES.map(({ id, step }) => ({
        step: id,
        goal: step.goal,
        extra: step.extra === true,
        ...progress.of(id),
      })),
      MODULES.flatMap((module) => [
        moduleLine(module, colours()),
        ...placesOf([module]).map((place) =>
          `  ${place.id.padEnd(18)} ${place.step.goal.padEnd(58)} ${mark(place)}`.trimEnd(),
        ),
      ]),
    );
  });
}

/** Milliseconds between two looks of `watch`. */
const WATCH_EVERY = { local: 1_000, aws: 5_000 } as const;

/** `wildrydes workshop watch`: looks at the next step again and again, and moves on by itself. */
export function watch(flags: WorkshopFlags): Promise<void> {
  return withSession(flags, async (session) => {
    try {
      await lookOn(session, flags);
    } catch (error) {
      // Ctrl-C is how it ends.
      if (!session.signal.aborted) throw error;
    }
  });
}

async function lookOn(session: Session, flags: WorkshopFlags): Promise<void> {
  const { at, progress, signal, print, tell } = session;
  tell('looking as things change; Ctrl-C ends');
  let announced: string | undefined;
  let said: string | undefined;
  for (;;) {
    const next = nextPlace(PLACES, progress);
    if (next === undefined) {
      print({ next: null }, finishedLines(PLACES.length));
      return;
    }
    if (announced !== next.id) {
      if (!flags.json) print(undefined, ['', ...taskLines(next, colours()), ...commandsFor(next)]);
      announced = next.id;
    }
    for await (const { place, finding } of lookAt([next], at, progress, false)) {
      const text = JSON.stringify({ step: place.id, ...finding });
      if (text !== said) print({ step: place.id, ...finding }, findingLines(place, finding, colours()));
      said = text;
    }
    if (!progress.isDone(next.id)) await setTimeout(WATCH_EVERY[kindOf(session)], undefined, { signal });
  }
}

export interface ModuleFlags extends WorkshopFlags {
  readonly module?: string | undefined;
  readonly yes?: boolean | undefined;
}

/** `wildrydes workshop catch-up N`: what the modules before N leave behind, installed. */
export function catchUpTo(flags: ModuleFlags): Promise<void> {
  return withSession(flags, async ({ at, progress, print, tell }) => {
    const module = moduleNumbered(MODULES, flags.module ?? '');
    const installed: number[] = [];
    await catchUp(MODULES, module, at, progress, ({ number, title }) => {
      tell(`module ${number}: ${title}`);
      installed.push(number);
    });
    print({ installed, next: nextPlace(PLACES, progress)?.id ?? null }, [
      `what the modules before ${module.number} make is there. Start a producer in a second shell, then go on:`,
      asTyped('  ./producer --name Rocinante'),
      asTyped('  ./wildrydes workshop'),
    ]);
  });
}

/** `wildrydes workshop reset [N]`: deletes what a module has made, or all of them, and forgets that it was done. */
export function reset(flags: ModuleFlags): Promise<void> {
  return withSession(flags, async ({ at, progress, print, tell }) => {
    const modules = flags.module === undefined ? MODULES : [moduleNumbered(MODULES, flags.module)];
    const what = flags.module === undefined ? 'all modules' : `module ${flags.module}`;
    await confirm(
      `It deletes what ${what} made at ${describeTarget(at.target)}, and forgets the progress.`,
      flags.yes === true,
    );
    await startOver(modules, at, progress, ({ number, title }) => tell(`module ${number}: ${title}`));
    print({ reset: modules.map(({ number }) => number) }, [
      `what ${what} made is deleted; the code in my-rydes stays`,
    ]);
  });
}

async function confirm(meaning: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new WildRydesError('USAGE', meaning, { next: 'Say --yes if that is what you want.' });
  }
  if (await saysYes(`${meaning}\nGo on? [y/N] `, { input: process.stdin, output: process.stderr })) return;
  throw new WildRydesError('USAGE', 'nothing was deleted');
}

/** `wildrydes workshop pack FILE`: a zip for Lambda beside the file. */
export async function packFile(flags: {
  readonly file?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}): Promise<void> {
  const { file = '' } = flags;
  const { zip, handler, file: inside } = await pack(file);
  const out = flags.out ?? `${file.slice(0, file.length - extname(file).length)}.zip`;
  const replaced = existsSync(out);
  writeFileSync(out, zip);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ zip: out, handler, bytes: zip.length })}\n`
      : `${printable(out)}${replaced ? ', new' : ''}: ${inside} and what it imports, ${Math.ceil(zip.length / 1024)} KB. Its handler is ${handler}\n`,
  );
}
