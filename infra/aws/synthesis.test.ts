import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../project.ts';
import { STACK_NAMES } from './stack-names.ts';

/** Seconds of processor that the synthesis of all stacks may take. Of a clock's, a busy machine has more. */
const MOST = 20;

/** Nobody is to be asked for anything. */
const NO_NETWORK = `
import net from 'node:net';
import dns from 'node:dns';
const refuse = () => { throw new Error('the network was asked for'); };
net.Socket.prototype.connect = refuse;
dns.lookup = refuse;
dns.promises.lookup = refuse;
`;

const PROGRAM = `
import { pipelineApp } from './infra/aws/pipeline-app.ts';
import { DEFAULT_SETTINGS } from './infra/aws/settings.ts';
import { STACK_NAMES } from './infra/aws/stack-names.ts';
const app = pipelineApp({ ...DEFAULT_SETTINGS, stacks: STACK_NAMES }, { outdir: process.argv[2] });
const { stacks } = app.synth();
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ stacks: stacks.map((each) => each.stackName), seconds: (user + system) / 1e6 }));
`;

test('all stacks synthesize in a moment, without credentials, network and a built Jar', {
  timeout: 300_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wildrydes-synthesis-'));
  // In the project, since it is there that packages are found.
  const program = join(PROJECT_ROOT, 'dist', `synthesis-${process.pid}.mjs`);
  try {
    buildSync({
      stdin: { contents: PROGRAM, resolveDir: PROJECT_ROOT, loader: 'ts' },
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    writeFileSync(join(folder, 'no-network.mjs'), NO_NETWORK);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', join(folder, 'no-network.mjs'), program, join(folder, 'cdk.out')],
      { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { stacks, seconds } = JSON.parse(stdout);
    expect(stacks).toHaveLength(STACK_NAMES.length);
    expect(stacks).toEqual(expect.arrayContaining(STACK_NAMES.map((name) => `wildrydes-${name}`)));
    expect(seconds).toBeLessThan(MOST);
  } finally {
    rmSync(program, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
});
