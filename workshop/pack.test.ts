import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { invoke } from './check/functions.ts';
import { ensureFunction } from './install/functions.ts';
import { ensureRole } from './install/roles.ts';
import { pack } from './pack.ts';
import { workshopCloud } from './testing.ts';

function written(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-pack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test.each([
  [
    'TypeScript',
    'f.ts',
    "import { x } from './x.ts';\nexport const handler = async (e: number): Promise<number> => e + x;",
  ],
  ['a module', 'f.mjs', "import { x } from './x.ts';\nexport const handler = async (e) => e + x;"],
  ['CommonJS', 'f.js', "const { x } = require('./x.ts');\nexports.handler = async (e) => e + x;"],
])('%s is packed with what it imports, and runs', async (_, name, text) => {
  const folder = written({ [name]: text, 'x.ts': 'export const x: number = 1;' });
  const at = await workshopCloud();
  const roleArn = await ensureRole(at, { name: 'r', service: 'lambda.amazonaws.com' });
  await ensureFunction(at, { name: 'f', source: join(folder, name), roleArn });
  expect(await invoke(at, 'f', 41)).toMatchObject({ response: 42, error: undefined });
});

test('the SDK is left out, names of the files do not matter, and the same code makes the same zip', async () => {
  const folder = written({
    'ä b.mjs':
      "import { KinesisClient } from '@aws-sdk/client-kinesis';\nexport const handler = () => KinesisClient.name;",
  });
  const { zip, handler, file } = await pack(join(folder, 'ä b.mjs'));
  expect({ handler, file }).toEqual({ handler: 'ä b.handler', file: 'ä b.mjs' });
  expect(strFromU8(unzipSync(zip)[file]!)).toContain('from "@aws-sdk/client-kinesis"');
  expect((await pack(join(folder, 'ä b.mjs'))).zip).toEqual(zip);
});

test('what cannot be packed is refused, with the compiler’s words', async () => {
  const folder = written({ 'f.ts': 'export const handler = (', 'f.py': '' });
  await expect(pack(join(folder, 'f.ts'))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/does not compile: .*f\.ts:1:24/s),
  });
  await expect(pack(join(folder, 'f.py'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(pack(join(folder, 'none.ts'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
