import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../../project.ts';
import { create, FunctionsFixture, invoke } from '../../testing/functions-fixture.ts';

const fixture = new FunctionsFixture();
// Inside the project, as the state folder of a checkout is.
const folder = join(PROJECT_ROOT, `.wildrydes-test-${process.pid}`);
beforeAll(() => fixture.prepare());
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => fixture.remove());

const SDK = ['client-dynamodb', 'lib-dynamodb', 'client-kinesis', 'client-sns'] as const;

const CJS = (packages: readonly string[]) => ({
  'index.js': `const types = [${packages.map((name) => `typeof require('${name}')`).join(', ')}];
    exports.handler = async () => types;`,
});
const ESM = (packages: readonly string[]) => ({
  'index.mjs': `${packages.map((name, n) => `import * as p${n} from '${name}';`).join('\n')}
    export const handler = async () => [${packages.map((_, n) => `typeof p${n}`).join(', ')}];`,
});

describe.each([
  ['CommonJS', CJS],
  ['ES modules', ESM],
] as const)('a function of %s', (_, code) => {
  test('finds the SDK that Lambda brings', async () => {
    const { client } = await fixture.openLambda({ folder });
    await create(client, code(SDK.map((name) => `@aws-sdk/${name}`)));
    expect((await invoke(client)).payload).toEqual(SDK.map(() => 'object'));
  });

  test('finds its own copy first, and its own packages', async () => {
    const { client } = await fixture.openLambda({ folder });
    const pack = (name: string) => ({
      [`node_modules/${name}/package.json`]: JSON.stringify({ name, main: 'i.js' }),
      [`node_modules/${name}/i.js`]: 'module.exports = () => {}; module.exports.own = true;',
    });
    await create(client, {
      'package.json': '{}',
      ...pack('@aws-sdk/client-sns'),
      ...pack('mine'),
      'index.mjs': `import sns from '@aws-sdk/client-sns'; import mine from 'mine'; import fs from 'fs';
        import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url);
        export const handler = async () => [sns.own, mine.own, typeof fs, require('mine').own, require('@aws-sdk/client-sns').own];`,
    });
    expect((await invoke(client)).payload).toEqual([true, true, 'object', true, true]);
  });

  test("does not find this project's packages, though they lie above", async () => {
    const { client } = await fixture.openLambda({ folder });
    await create(client, code(['fflate']));
    expect((await invoke(client)).payload).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringMatching(/Cannot find (module|package) 'fflate'/),
    });
  });
});

test('a .js file is CommonJS although this project is not', async () => {
  const { client } = await fixture.openLambda({ folder });
  await create(client, 'exports.handler = async () => typeof module;');
  expect((await invoke(client)).payload).toBe('object');
});

test('the SDK of a function speaks to this cloud by itself', async () => {
  const { client } = await fixture.openLambda();
  await create(
    client,
    `const { KinesisClient } = require('@aws-sdk/client-kinesis');
     exports.handler = async () => {
       const { config } = new KinesisClient({});
       return { region: await config.region(), key: (await config.credentials()).accessKeyId };
     };`,
  );
  expect((await invoke(client)).payload).toEqual({ region: 'us-east-1', key: 'wildrydes' });
});
