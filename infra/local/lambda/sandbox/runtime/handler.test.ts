import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { create, FunctionsFixture, invoke } from '../../testing/functions-fixture.ts';
import { loadHandler } from './handler.ts';

const fixture = new FunctionsFixture();
beforeAll(() => fixture.prepare());
afterEach(() => fixture.closeAll());
afterAll(() => fixture.remove());

type Files = Readonly<Record<string, string>>;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What the handler gives that is found among these files. */
async function load(files: Files, handler: string, callbacks = true): Promise<unknown> {
  const taskRoot = mkdtempSync(join(tmpdir(), 'wildrydes-handler-'));
  folders.push(taskRoot);
  for (const [path, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(taskRoot, path)), { recursive: true });
    writeFileSync(join(taskRoot, path), text);
  }
  const found = await loadHandler({ taskRoot, handler, callbacks, beforeImport: () => {} });
  return found({ a: 1 }, {}, () => {});
}

describe('a handler', () => {
  test.each<[string, Files, string]>([
    ['of a CommonJS file', { 'index.js': 'exports.handler = async () => typeof module;' }, 'index.handler'],
    [
      'of a .cjs file, in a package of ES modules',
      { 'package.json': '{"type":"module"}', 'index.cjs': 'exports.handler = async () => typeof module;' },
      'index.handler',
    ],
    ['in a folder', { 'src/app.js': 'exports.run = async () => typeof module;' }, 'src/app.run'],
    [
      'inside an object',
      { 'index.js': 'exports.api = { get: async () => typeof module };' },
      'index.api.get',
    ],
    ['of a package', { 'node_modules/app/index.js': 'exports.run = async () => typeof module;' }, 'app.run'],
    [
      'that a bundler exported',
      {
        'index.js':
          'Object.defineProperty(exports, "handler", { enumerable: true, get: () => async () => typeof module });',
      },
      'index.handler',
    ],
  ])('%s is found', async (_, files, Handler) => {
    expect(await load(files, Handler)).toBe('object');
  });

  test.each<[string, Files, string]>([
    [
      'an .mjs file',
      { 'index.mjs': 'export const handler = async () => import.meta.url.slice(0, 5);' },
      'index.handler',
    ],
    [
      'a .js file of an ES module package',
      {
        'package.json': '{"type":"module"}',
        'index.js': 'export const handler = async () => import.meta.url.slice(0, 5);',
      },
      'index.handler',
    ],
    [
      'a folder that says so itself',
      {
        'package.json': '{}',
        'esm/package.json': '{"type":"module"}',
        'esm/index.js': 'await 0; export const handler = async () => import.meta.url.slice(0, 5);',
      },
      'esm/index.handler',
    ],
  ])('of an ES module in %s is found', async (_, files, Handler) => {
    expect(await load(files, Handler)).toBe('file:');
  });

  test.each<[string, Files, string, string, string]>([
    [
      'its module is missing',
      { 'other.js': '' },
      'index.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'index'",
    ],
    [
      'what its module requires is missing',
      { 'index.js': "require('missing');" },
      'index.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'missing'",
    ],
    [
      'what its module imports is missing',
      { 'index.mjs': "import 'missing';" },
      'index.handler',
      'Runtime.ImportModuleError',
      "Error: Cannot find package 'missing'",
    ],
    [
      'it does not parse',
      { 'index.js': 'exports.handler = (' },
      'index.handler',
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: Unexpected',
    ],
    [
      'its module throws',
      { 'index.js': 'throw new RangeError("at load");' },
      'index.handler',
      'RangeError',
      'at load',
    ],
    [
      'it is not exported',
      { 'index.js': 'exports.other = 1;' },
      'index.handler',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'it is no function',
      { 'index.js': 'exports.handler = 1;' },
      'index.handler',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    [
      'it leaves the folder',
      { 'index.js': '' },
      '../index.handler',
      'Runtime.MalformedHandlerName',
      "'../index.handler' is not a valid handler name",
    ],
    ['its name has no dot', { 'index.js': '' }, 'index', 'Runtime.MalformedHandlerName', 'Bad handler'],
  ])('is refused when %s', async (_, files, Handler, errorType, message) => {
    await expect(load(files, Handler)).rejects.toMatchObject({
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });

  test('with a callback is refused where callbacks are', async () => {
    const files = { 'index.js': 'exports.handler = (event, context, callback) => event;' };
    expect(await load(files, 'index.handler')).toEqual({ a: 1 });
    await expect(load(files, 'index.handler', false)).rejects.toMatchObject({
      error: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });

  test('that cannot be loaded fails every invocation, and one that takes a callback those of nodejs24.x', async () => {
    const { client } = await fixture.openLambda();
    await create(client, 'exports.handler = (');
    for (let i = 0; i < 2; i++) {
      expect((await invoke(client)).payload).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' });
    }
    await create(client, 'exports.handler = (event, context, callback) => callback(null, event);', {
      FunctionName: 'new',
      Runtime: 'nodejs24.x',
    });
    expect((await invoke(client, {}, { FunctionName: 'new' })).payload).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
    });
  });
});

/** Each in its own way, all in one process, one after the other. */
const SUCCESSES = [
  ['a promise', '(event) => Promise.resolve("done")', 'done'],
  ['an async function', 'async () => "done"', 'done'],
  ['nothing', 'async () => {}', null],
  ['no promise and no callback', '() => 7', null],
  ['context.done', '(event, context) => { context.done(null, "done"); }', 'done'],
  ['context.succeed', '(event, context) => { setTimeout(() => context.succeed("done"), 5); }', 'done'],
  [
    'a callback, once',
    '(event, context, callback) => { callback(null, "done"); callback(null, "again"); }',
    'done',
  ],
  [
    'a callback, when nothing is left to run',
    '(event, context, callback) => { const seen = []; callback(null, seen); setTimeout(() => seen.push("done"), 50); }',
    ['done'],
  ],
  [
    'a callback, at once',
    '(event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; const seen = []; setTimeout(() => seen.push("late"), 50); callback(null, seen); }',
    [],
  ],
] as const;

const FAILURES = [
  ['a thrown error', '() => { throw new TypeError("no"); }', 'TypeError', 'no'],
  [
    'an error given to the callback',
    '(event, context, callback) => { setTimeout(() => callback(new TypeError("no")), 5); }',
    'TypeError',
    'no',
  ],
  ['context.fail', '(event, context) => context.fail(new TypeError("no"))', 'TypeError', 'no'],
  ['a rejection', 'async () => { throw new TypeError("no"); }', 'TypeError', 'no'],
  ['a string', 'async () => { throw "no"; }', 'string', 'no'],
] as const;

test('a handler may answer in every way that Lambda knows', async () => {
  const { client } = await fixture.openLambda();
  const ways = [...SUCCESSES, ...FAILURES].map(([name, code]) => `${JSON.stringify(name)}: ${code}`);
  await create(
    client,
    `const ways = { ${ways.join(',')} }; let n = 0;
     exports.handler = (event, context, callback) => { n++; return event === 'count' ? Promise.resolve(n) : ways[event](event, context, callback); };`,
  );
  for (const [name, , expected] of SUCCESSES) {
    expect(await invoke(client, name), name).toMatchObject({ failed: undefined, payload: expected });
  }
  for (const [name, , errorType, errorMessage] of FAILURES) {
    expect(await invoke(client, name), name).toMatchObject({
      failed: 'Unhandled',
      payload: { errorType, errorMessage },
    });
  }
  expect((await invoke(client, 'count')).payload).toBe(SUCCESSES.length + FAILURES.length + 1);
});

test('a promise that nothing will ever settle fails at once', async () => {
  const { client } = await fixture.openLambda();
  await create(client, 'exports.handler = async () => { await new Promise(() => {}); };');
  expect((await invoke(client)).payload).toMatchObject({
    errorType: 'Runtime.NodeJsExit',
    errorMessage: expect.stringContaining('never settled'),
  });
});
