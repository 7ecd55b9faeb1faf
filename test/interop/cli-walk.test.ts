import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort, temporaryFolder, wildrydes } from '../kit.ts';
import { openSession } from './cli-walk/session.ts';
import { takeStep } from './cli-walk/take.ts';
import { readWalk, type WalkStep } from './cli-walk/walk.ts';
import { AWSCLI, pythonEnvironment } from './python.ts';

const GUIDES = join(import.meta.dirname, 'cli-walk');

describe('the AWS CLI in `wildrydes shell` walks through', () => {
  test.each(readdirSync(GUIDES).filter((file) => file.endsWith('.md')))('%s', async (file) => {
    const port = await freePort();
    const cloud = wildrydes(['start', '--empty', '--ephemeral', '--port', String(port)]);
    await cloud.line((line) => line.includes('Ctrl-C stops'));
    const path = `${pythonEnvironment(AWSCLI)}:${process.env.PATH}`;
    const session = openSession({ port, path, cwd: temporaryFolder() });
    for (const step of readWalk(readFileSync(join(GUIDES, file), 'utf8'))) {
      expect(step).toHaveProperty('where', 'first');
      await takeStep(session, step as WalkStep, `${file}:${step.line}`);
    }
    expect(await session.leave()).toBe(0);
    cloud.child.kill('SIGTERM');
    expect((await cloud.finished).status).toBe(0);
  });
});
