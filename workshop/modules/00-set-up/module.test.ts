import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createControlClient } from '../../../infra/local/control/client.ts';
import { startLocal } from '../../../infra/pipeline.ts';
import { atLocalPort } from '../../../infra/target.ts';
import { systemClock } from '../../../telemetry/clock.ts';
import { checkOf, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { setUp as module } from './module.ts';

const check = (step: string, at: Workbench) => checkOf(module, step, at);

describe('the cloud', () => {
  test('that was started for the workshop is right', async () => {
    expect(await check('cloud', await workshopCloud())).toMatchObject({ verdict: 'passed' });
  });

  test('that nobody started is not there yet', async () => {
    const at = await workshopCloud();
    const control = createControlClient('http://127.0.0.1:9');
    expect(await check('cloud', { ...at, control })).toMatchObject({
      verdict: 'not yet',
      next: './wildrydes workshop start',
    });
  });

  test('with the pipeline in it is the wrong one', async () => {
    const cloud = await startLocal({ port: 0, data: null, clock: systemClock });
    onTestFinished(() => cloud.close());
    const at = await workshopCloud();
    expect(await check('cloud', { ...at, control: createControlClient(cloud.endpoint) })).toMatchObject({
      verdict: 'wrong',
      found: expect.stringContaining('the whole pipeline'),
    });
  });

  test('of AWS is an account; its root user is refused', async () => {
    const at = await workshopCloud();
    const aws = { ...at, target: { kind: 'aws', region: 'us-east-1' } as const };
    // The local STS says of the kit's keys what AWS says of a root user's.
    const finding = await check('cloud', aws);
    expect(['passed', 'wrong']).toContain(finding.verdict);
    expect(finding.found).toMatch(/account 000000000000/);
  });
});

describe('the shell', () => {
  const at = (env: Record<string, string>, target: Workbench['target'] = atLocalPort(4801, undefined)) =>
    ({ env, target, names: { prefix: '' }, signal: new AbortController().signal }) as unknown as Workbench;
  const LOCAL = { WILDRYDES_SHELL: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:4801' };

  test.each([
    [LOCAL, 'passed', 'it leads to http://127.0.0.1:4801'],
    [{}, 'not yet', 'it is an ordinary shell, with your own settings'],
    [
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:4801' },
      'not yet',
      'it is an ordinary shell, with your own settings',
    ],
    [{ ...LOCAL, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'wrong', 'it leads to http://127.0.0.1:4566'],
    [{ WILDRYDES_SHELL: 'aws' }, 'wrong', 'it leads to AWS'],
  ])('of %j: %s', async (env, verdict, found) => {
    expect(await check('shell', at(env as Record<string, string>))).toMatchObject({ verdict, found });
  });

  test('towards AWS is right there, and only there', async () => {
    const aws = { kind: 'aws', region: 'us-west-2' } as const;
    expect(await check('shell', at({ WILDRYDES_SHELL: 'aws' }, aws))).toMatchObject({ verdict: 'passed' });
    expect(await check('shell', at(LOCAL, aws))).toMatchObject({
      verdict: 'wrong',
      next: 'exit, then ./wildrydes shell --target aws',
    });
  });
});

describe('the AWS CLI', () => {
  const said = async (script: string | undefined) => {
    const folder = mkdtempSync(join(tmpdir(), 'wildrydes-tools-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    if (script !== undefined) writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const at = { env: { PATH: folder }, signal: new AbortController().signal, target: {} };
    return check('tools', at as unknown as Workbench);
  };

  test.each([
    ["echo 'aws-cli/2.31.5 Python/3.13.7 Linux/6.8 exe/x86_64'", 'passed', 'version 2.31.5'],
    ["echo 'aws-cli/2.13.0 Python/3.11.4'", 'passed', 'version 2.13.0'],
    ["echo 'aws-cli/2.12.9 Python/3.11.4'", 'wrong', 'version 2.12.9'],
    ["echo 'aws-cli/1.45.11 Python/3.11.2'", 'passed', 'version 1.45.11'],
    ["echo 'aws-cli/1.18.69 Python/3.8.10' >&2", 'wrong', 'version 1.18.69'],
    ["echo 'aws: a web service of the 1990s'", 'wrong', 'aws --version says aws: a web'],
    ['exit 3', 'could not check', 'Command failed'],
    [undefined, 'not yet', 'there is no command aws'],
  ])('that says %s: %s', async (script, verdict, found) => {
    expect(await said(script)).toMatchObject({ verdict, found: expect.stringContaining(found) });
  });
});
