import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { freePort, temporaryFolder, wildrydes } from '../kit.ts';
import { openSession, type Session } from './cli-walk/session.ts';
import { lastJson, readWalk, type WalkStep } from './cli-walk/walk.ts';
import { AWSCLI, pythonEnvironment } from './python.ts';

const GUIDES = join(import.meta.dirname, 'cli-walk');
const PATIENCE = { timeout: 60_000, interval: 100 } as const;

describe('the AWS CLI in `wildrydes shell` walks through', () => {
  test.each(readdirSync(GUIDES).filter((file) => file.endsWith('.md')))('%s', async (file) => {
    const port = await freePort();
    const cloud = wildrydes(['start', '--empty', '--ephemeral', '--port', String(port)]);
    await cloud.line((line) => line.includes('Ctrl-C stops'));
    const path = `${pythonEnvironment(AWSCLI)}:${process.env.PATH}`;
    const session = openSession(port, path, temporaryFolder());
    for (const step of readWalk(readFileSync(join(GUIDES, file), 'utf8'))) {
      await walk(session, step, `${file}:${step.line}`);
    }
    expect(await session.leave()).toBe(0);
    cloud.child.kill('SIGTERM');
    expect((await cloud.finished).status).toBe(0);
  });
});

async function walk(session: Session, step: WalkStep, where: string): Promise<void> {
  const once = async () => {
    const { status, stdout, stderr } = await session.run(step.commands);
    expect({ where, status, ...(status === 0 ? {} : { stderr }) }).toEqual({ where, status: 0 });
    insistOn(step, stdout, where);
  };
  await (step.again ? vi.waitFor(once, PATIENCE) : once());
}

function insistOn({ shows }: WalkStep, stdout: string, where: string): void {
  if (shows === undefined) return;
  if (shows.kind === 'text') {
    expect(stdout.split(/[\n\t]/), where).toEqual(expect.arrayContaining(shows.text.trim().split('\n')));
  } else {
    expect(lastJson(stdout), where).toMatchObject(JSON.parse(shows.text) as object);
  }
}
