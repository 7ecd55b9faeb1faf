import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCloud } from '../infra/local/cloud.ts';
import { lockState } from '../infra/local/state-lock.ts';
import { systemClock } from '../telemetry/clock.ts';
import { temporaryFolder } from '../test/kit.ts';
import { reset } from './reset.ts';

const stateFolder = () => join(temporaryFolder(), 'state');

test('removes what a cloud has left, and the folder', async () => {
  const folder = stateFolder();
  const cloud = await startCloud({ port: 0, data: folder, kept: true, clock: systemClock });
  await cloud.close();
  mkdirSync(join(folder, 'shell/local-4801'), { recursive: true });
  mkdirSync(join(folder, 'search/data'), { recursive: true });
  for (const name of ['cloud-4801.log', 'cloud-4801.log.1']) writeFileSync(join(folder, name), '');
  expect(readdirSync(folder).length).toBeGreaterThan(4);
  expect(await reset(folder)).toBe(true);
  expect(existsSync(folder)).toBe(false);
});

test('there may be nothing to remove', async () => {
  expect(await reset(stateFolder())).toBe(false);
});

test('refuses while a cloud runs there, and leaves everything', async () => {
  const folder = stateFolder();
  const lock = await lockState(folder);
  mkdirSync(join(folder, 'kinesis'));
  await expect(reset(folder)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  expect(readdirSync(folder).sort()).toEqual(['kinesis', 'lock']);
  lock.release();
  expect(await reset(folder)).toBe(true);
});

test('refuses a folder in which there is anything else', async () => {
  const folder = stateFolder();
  mkdirSync(join(folder, 'kinesis'), { recursive: true });
  writeFileSync(join(folder, 'thesis.tex'), '');
  await expect(reset(folder)).rejects.toMatchObject({
    code: 'STATE_UNUSABLE',
    message: expect.stringContaining('thesis.tex'),
  });
  expect(readdirSync(folder).sort()).toEqual(['kinesis', 'thesis.tex']);
});

test('refuses what is no folder', async () => {
  const file = stateFolder();
  writeFileSync(file, '');
  await expect(reset(file)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  expect(existsSync(file)).toBe(true);
});
