import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { atLocalPort } from '../../infra/target.ts';
import { passed, wrong } from '../finding.ts';
import type { Module, Step } from '../module.ts';
import { streamingData } from '../modules/01-streaming-data/module.ts';
import { checkOf, workshopCloud } from '../testing.ts';
import type { Workbench } from '../workbench.ts';
import { activePort, beginWorkshop, endWorkshop } from './active.ts';
import { catchUp, startOver } from './catch-up.ts';
import { look, lookAt, nextPlace } from './checks.ts';
import { progressFile } from './places.ts';
import { Progress } from './progress.ts';
import { runCheck } from './run-check.ts';
import { copyStarters, writeSolution } from './starters.ts';
import { placesNamed, placesOf } from './steps.ts';
import { readText } from './text.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function openProgress(file = join(temporary(), 'p.json'), warnings: string[] = []): Progress {
  return Progress.open(file, (text) => void warnings.push(text));
}

const step = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  goal: `do ${name}`,
  why: 'because',
  hints: ['a', 'b', 'c'],
  check: async () => passed(name, 'done'),
  ...more,
});

const module = (number: number, ...steps: Step[]): Module => ({
  number,
  folder: `0${number}-none`,
  title: 'none',
  minutes: 1,
  steps,
  install: async () => {},
  remove: async () => {},
});

/** For checks that ask nobody. */
const BENCH = {
  clock: { now: () => Date.parse('2026-01-31T12:00:00Z'), monotonic: () => 0 },
  signal: new AbortController().signal,
  target: atLocalPort(4566, undefined),
} as Workbench;

describe('progress', () => {
  test('is kept by the names of steps: they may be moved, and others come and go', () => {
    const file = join(temporary(), 'deep/progress.json');
    const progress = openProgress(file);
    progress.pass('1.stream', 0);
    progress.catchUp('1.producer', 0);
    progress.catchUp('1.stream', 5);
    expect(progress.moreHints('1.herd')).toBe(1);
    const again = openProgress(file);
    expect(again.of('1.stream')).toEqual({ passed: '1970-01-01T00:00:00.000Z' });
    expect(again.of('1.producer')).toMatchObject({ caughtUp: true });
    expect([2, 3, 3]).toEqual([
      again.moreHints('1.herd'),
      again.moreHints('1.herd'),
      again.moreHints('1.herd'),
    ]);
    again.pass('1.herd', 0);
    again.fail('1.herd');
    expect(again.of('1.herd')).toEqual({ hints: 3 });
    again.forget(['1.herd', '1.stream']);
    expect(openProgress(file).isDone('1.stream')).toBe(false);
    expect(openProgress(file).isDone('1.producer')).toBe(true);
  });

  test.each(['{', '[]', '{"version":2,"steps":{}}'])(
    'that is damaged begins anew, and says so: %s',
    (text) => {
      const file = join(temporary(), 'p.json');
      writeFileSync(file, text);
      const warnings: string[] = [];
      const progress = openProgress(file, warnings);
      expect(warnings).toEqual([expect.stringContaining(`${file} cannot be read, and begins anew`)]);
      progress.pass('1.stream', 0);
      expect(openProgress(file, warnings).isDone('1.stream')).toBe(true);
      expect(warnings).toHaveLength(1);
    },
  );

  test('is another for each target, region, profile and prefix', () => {
    const aws = { kind: 'aws', region: 'us-west-2' } as const;
    const files = [
      progressFile(atLocalPort(4566, undefined), '', '/w'),
      progressFile(atLocalPort(4567, undefined), '', '/w'),
      progressFile(aws, '', '/w'),
      progressFile(aws, 'alice-', '/w'),
      progressFile({ ...aws, profile: '../x' }, '', '/w'),
    ];
    expect(files).toEqual([
      '/w/progress-local-4566.json',
      '/w/progress-local-4567.json',
      '/w/progress-aws-us-west-2.json',
      '/w/progress-aws-us-west-2-alice.json',
      '/w/progress-aws-..%2Fx-us-west-2.json',
    ]);
  });
});

describe('steps', () => {
  const modules = [module(1, step('a'), step('b')), module(4, step('c'), step('extra', { extra: true }))];

  test.each([
    ['1', ['1.a', '1.b']],
    ['1.b', ['1.b']],
    ['1.2', ['1.b']],
    ['4.extra', ['4.extra']],
  ])('%s means %j', (text, ids) => {
    expect(placesNamed(modules, text).map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['2', 'there is no module "2": there are 1, 4'],
    ['1.c', 'module 1 has no step "c": it has a, b'],
    ['1.3', 'module 1 has no step "3"'],
    ['1.a.b', 'there is no module "1.a.b"'],
    ['', 'there is no module ""'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => placesNamed(modules, text)).toThrow(message);
  });

  test('the next is the first that has not passed and is no extra credit', () => {
    const progress = openProgress();
    const places = placesOf(modules);
    const next = () => nextPlace(places, progress)?.id;
    expect(next()).toBe('1.a');
    progress.pass('1.b', 0);
    expect(next()).toBe('1.a');
    progress.pass('1.a', 0);
    expect(next()).toBe('4.c');
    progress.pass('4.c', 0);
    expect(next()).toBeUndefined();
  });
});

describe('checks', () => {
  const bad = wrong({ looked: 'x', found: 'y', expected: 'z', next: 'n' });
  const failing = async () => {
    throw bad;
  };

  test('a module is looked at up to the first step that is not done', async () => {
    const progress = openProgress();
    const places = placesOf([module(1, step('a'), step('b', { check: failing }), step('c'))]);
    const seen = [];
    for await (const { place, finding } of lookAt(places, BENCH, progress, false)) {
      seen.push(`${place.id} ${finding.verdict}`);
    }
    expect(seen).toEqual(['1.a passed', '1.b wrong']);
    expect(progress.isDone('1.a')).toBe(true);
  });

  test('everything once more: what does not hold any more is open again, what had to go stays done', async () => {
    const progress = openProgress();
    const places = placesOf([
      module(1, step('a', { check: failing }), step('b', { check: failing, fleeting: true }), step('c')),
    ]);
    for (const { id } of places) progress.pass(id, 0);
    const seen = [];
    for await (const { place } of lookAt(places, BENCH, progress, true)) seen.push(place.id);
    expect(seen).toEqual(['1.a', '1.c']);
    expect(places.map(({ id }) => progress.isDone(id))).toEqual([false, true, true]);
  });

  test('a step that shows nothing by itself waits for those before it', async () => {
    const progress = openProgress();
    const places = placesOf([module(1, step('a'), step('gone', { after: ['a'] }))]);
    expect((await look(places[1]!, BENCH, progress)).finding).toMatchObject({
      verdict: 'not yet',
      found: '1.a has not passed',
    });
    await look(places[0]!, BENCH, progress);
    expect((await look(places[1]!, BENCH, progress)).finding).toMatchObject({ verdict: 'passed' });
  });

  test('an error that has nothing to do with the learner is none of theirs', async () => {
    const check = (error: Error) => runCheck(step('a', { check: () => Promise.reject(error) }), BENCH);
    expect(await check(new TypeError('x is not a function'))).toMatchObject({
      verdict: 'could not check',
      found: 'TypeError: x is not a function',
    });
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    expect(await check(denied)).toMatchObject({ next: expect.stringContaining('gave you the account') });
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:4566');
    expect(await check(refused)).toMatchObject({ next: './wildrydes workshop start' });
  });

  test('without a cloud, they could not be made, and the progress stays', async () => {
    const at = await workshopCloud();
    const away = { ...at, kinesis: at.kinesis };
    at.kinesis.config.endpoint = async () => ({
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: 1,
      path: '/',
    });
    expect(await checkOf(streamingData, 'stream', away)).toMatchObject({ verdict: 'could not check' });
  });
});

test('a text is read by its steps; the checks in it are no answers', () => {
  const text = readText(
    [
      '# 1. X',
      '## Do a',
      '',
      '<!-- step: a -->',
      '```sh',
      'aws a',
      '```',
      '```json',
      '{}',
      '```',
      '```sh second',
      'aws b',
      '```',
      '```sh aws',
      'aws c',
      '```',
      '```sh again',
      './wildrydes workshop check 1.a',
      '```',
      '## Not a step',
      '```sh',
      'aws d',
      '```',
    ].join('\n'),
  );
  expect([...text]).toEqual([
    [
      'a',
      {
        heading: 'Do a',
        commands: [
          { commands: 'aws a\n', target: undefined, second: false },
          { commands: 'aws b\n', target: undefined, second: true },
          { commands: 'aws c\n', target: 'aws', second: false },
        ],
      },
    ],
  ]);
});

test('what a learner wrote is never written over', () => {
  const learners = temporary();
  const place = placesNamed([firstLambda], '2.function')[0]!;
  const name = place.step.files?.[0] ?? '';
  const path = join(learners, place.module.folder, name);
  expect(copyStarters([firstLambda], learners)).toContain(path);
  expect(copyStarters([firstLambda], learners)).toEqual([]);
  writeFileSync(path, 'mine');
  const [first] = writeSolution(place, learners);
  expect(readFileSync(first?.kept ?? '', 'utf8')).toBe('mine');
  expect(readFileSync(path, 'utf8')).not.toBe('mine');
  writeFileSync(path, 'mine too');
  expect(readFileSync(writeSolution(place, learners)[0]?.kept ?? '', 'utf8')).toBe('mine too');
  expect(readFileSync(first?.kept ?? '', 'utf8')).toBe('mine');
});

test('a workshop is on from its start to its end', () => {
  const folder = join(temporary(), 'workshop');
  expect(activePort(folder)).toBeUndefined();
  beginWorkshop(4567, folder);
  expect(activePort(folder)).toBe(4567);
  endWorkshop(folder);
  expect(activePort(folder)).toBeUndefined();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'active.json'), 'x');
  expect(activePort(folder)).toBeUndefined();
});

test('whoever comes late gets what the modules before make, and what modules make can be taken away', async () => {
  const done: string[] = [];
  const modules = [1, 2, 3].map((number) => ({
    ...module(number, step('a'), step('more', { extra: true })),
    install: async () => void done.push(`install ${number}`),
    remove: async () => void done.push(`remove ${number}`),
  }));
  const progress = openProgress();
  await catchUp(modules, modules[2]!, BENCH, progress, ({ number }) => void done.push(`tell ${number}`));
  expect(done.splice(0)).toEqual(['tell 1', 'install 1', 'tell 2', 'install 2']);
  expect(
    placesOf(modules)
      .filter(({ id }) => progress.isDone(id))
      .map(({ id }) => id),
  ).toEqual(['1.a', '2.a']);
  await startOver(modules, BENCH, progress, () => {});
  expect(done).toEqual(['remove 3', 'remove 2', 'remove 1']);
  expect(placesOf(modules).some(({ id }) => progress.isDone(id))).toBe(false);
});
