import { expect, vi } from 'vitest';
import type { Session } from './session.ts';
import { lastJson, missingLines, type WalkStep } from './walk.ts';

/** How long what takes a while may take, milliseconds. */
const PATIENCE = { timeout: 120_000, interval: 250 } as const;

/** Takes one step of a guide in the shell, and insists on what it shows. */
export async function takeStep(session: Session, step: WalkStep, where: string): Promise<void> {
  const once = async () => {
    const { status, stdout, stderr } = await session.run(step.commands);
    expect({ where, status, ...(status === 0 ? {} : { stdout, stderr }) }).toEqual({ where, status: 0 });
    insistOn(step, stdout, where);
  };
  await (step.again ? vi.waitFor(once, PATIENCE) : once());
}

function insistOn({ shows }: WalkStep, stdout: string, where: string): void {
  if (shows === undefined) return;
  if (shows.kind === 'json') {
    expect(lastJson(stdout), where).toMatchObject(JSON.parse(shows.text) as object);
    return;
  }
  const missing = missingLines(stdout, shows.text);
  expect({ where, missing, ...(missing.length === 0 ? {} : { stdout }) }).toEqual({ where, missing: [] });
}
