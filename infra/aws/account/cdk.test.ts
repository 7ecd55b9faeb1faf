import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/kit.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { settingsFrom } from '../settings-json.ts';
import { type CdkRequest, cdkCommand, cdkProgram, insistOnCdk, runCdk } from './cdk.ts';

const REQUEST: CdkRequest = {
  act: 'deploy',
  stackNames: ['alice-wildrydes-Streaming', 'alice-wildrydes-Processing'],
  settings: { ...DEFAULT_SETTINGS, prefix: 'alice-', stacks: ['Streaming', 'Processing'] },
  target: { kind: 'aws', profile: 'workshop' },
  region: 'us-west-2',
  colours: false,
};

describe('what cdk is told', () => {
  test('to deploy just these stacks, without asking anybody', () => {
    const { args } = cdkCommand(REQUEST, {});
    expect(args.slice(0, 4)).toEqual(['deploy', ...REQUEST.stackNames, '--exclusively']);
    expect(args.join(' ')).toContain('--require-approval never');
    expect(args.join(' ')).toContain('--profile workshop');
    expect(args).toContain('--no-color');
    expect(args).not.toContain('--force');
  });

  test('to destroy, with colours, as whoever the environment says', () => {
    const { args } = cdkCommand({ ...REQUEST, act: 'destroy', colours: true, target: { kind: 'aws' } }, {});
    expect(args[0]).toBe('destroy');
    expect(args).toContain('--force');
    for (const left of ['--profile', '--no-color', '--require-approval']) expect(args).not.toContain(left);
  });

  test('the settings and the region, and no other endpoint than AWS', () => {
    const { env } = cdkCommand(REQUEST, {
      PATH: '/bin',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566',
    });
    expect(settingsFrom(env.WILDRYDES_SETTINGS)).toEqual(REQUEST.settings);
    expect(env).toMatchObject({
      PATH: '/bin',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    });
    expect(Object.keys(env).filter((name) => name.startsWith('AWS_ENDPOINT'))).toEqual([]);
  });

  test('the endpoint that is the target', () => {
    const target = { kind: 'endpoint', endpoint: 'http://127.0.0.1:5000' } as const;
    const { env } = cdkCommand({ ...REQUEST, target }, { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
    expect(env.AWS_ENDPOINT_URL).toBe('http://127.0.0.1:5000');
    expect(env).not.toHaveProperty('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS');
  });
});

describe('without the CDK', () => {
  const only =
    (...names: string[]) =>
    (module: string) => {
      if (names.includes(module)) return module;
      throw new Error(`Cannot find module ${module}`);
    };

  test('in a checkout, the command is the one that installs development dependencies', () => {
    expect(() => insistOnCdk(only('constructs', 'cdk-nag'), false)).toThrow(
      expect.objectContaining({
        code: 'NOT_FOUND',
        message: expect.stringMatching(/not installed: aws-cdk-lib, aws-cdk$/),
        next: expect.stringMatching(/npm --prefix .* ci --include=dev$/),
      }),
    );
  });

  test('beside the installed kit, it names the packages', () => {
    expect(() => insistOnCdk(only(), true)).toThrow(
      expect.objectContaining({ next: expect.stringMatching(/npm install aws-cdk-lib@2\.\d+\.\d+ /) }),
    );
  });

  test('nothing is said when all is there', () => {
    expect(() =>
      insistOnCdk(only('aws-cdk-lib', 'constructs', 'cdk-nag', 'aws-cdk/package.json')),
    ).not.toThrow();
  });

  test('the versions are those of the tests', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    try {
      insistOnCdk(only(), true);
    } catch (error) {
      const { next = '' } = error as { next?: string };
      for (const name of ['aws-cdk-lib', 'constructs', 'cdk-nag', 'aws-cdk']) {
        expect(next).toContain(`${name}@${devDependencies[name]}`);
      }
    }
    expect.assertions(4);
  });
});

/** A program in the place of cdk. */
function program(script: string): { readonly path: string; readonly file: (name: string) => string } {
  const folder = temporaryFolder();
  const path = join(folder, 'cdk.cjs');
  writeFileSync(path, script);
  return { path, file: (name) => join(folder, name) };
}

const forever = new AbortController().signal;

describe('running it', () => {
  test('cdk itself finds the app, and the stacks that it is told of', async () => {
    const { path, file } = program(`
      const { spawnSync } = require('child_process');
      const { stdout } = spawnSync(process.execPath, [${JSON.stringify(cdkProgram())}, 'ls', '--no-notices'], { encoding: 'utf8' });
      require('fs').writeFileSync(__dirname + '/stacks', stdout);
    `);
    const { env } = cdkCommand(REQUEST, { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' });
    expect(await runCdk({ args: [], env }, forever, path)).toBe(0);
    expect(readFileSync(file('stacks'), 'utf8').trim().split('\n').sort()).toEqual([
      'alice-wildrydes-Processing',
      'alice-wildrydes-Streaming',
    ]);
  });

  const command = (env: Record<string, string> = {}) => ({
    args: ['deploy', 'S'],
    env: { ...process.env, ...env },
  });

  test('gives its exit status, and leaves nothing where it ran', async () => {
    const { path, file } = program(
      `require('fs').writeFileSync(__dirname + '/told', [process.cwd(), ...process.argv.slice(2)].join(' ')); process.exit(7)`,
    );
    expect(await runCdk(command(), forever, path)).toBe(7);
    const [folder, ...args] = readFileSync(file('told'), 'utf8').split(' ');
    expect(args).toEqual(['deploy', 'S']);
    expect(existsSync(folder!)).toBe(false);
  });

  test('passes Ctrl-C on, once, and waits for what it does then', async () => {
    const { path, file } = program(`
      const fs = require('fs');
      let signals = 0;
      process.on('SIGINT', () => { signals++; setTimeout(() => { fs.writeFileSync(__dirname + '/signals', String(signals)); process.exit(3) }, 50) });
      setInterval(() => {}, 1000);
      fs.writeFileSync(__dirname + '/ready', '');
    `);
    const controller = new AbortController();
    const running = runCdk(command(), controller.signal, path);
    await expect.poll(() => existsSync(file('ready')), { timeout: 10_000 }).toBe(true);
    controller.abort();
    expect(await running).toBe(3);
    expect(readFileSync(file('signals'), 'utf8')).toBe('1');
  });

  test('that a signal ended counts as interrupted', async () => {
    const { path } = program(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`);
    expect(await runCdk(command(), forever, path)).toBe(130);
  });
});
