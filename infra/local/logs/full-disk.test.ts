import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canLimitFiles, limitFiles } from '../../../test/full-disk.ts';
import { type Child, startChild } from '../child-fixture.ts';
import { LogsFixture, START } from './fixture.ts';

/** CloudWatch Logs in a process of its own, whose writes really fail. */

const fixture = new LogsFixture();
let folder: string;
let child: Child;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-logs-'));
});
afterEach(async () => {
  await child.kill();
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!canLimitFiles)('on a full disk', () => {
  it('refuses what it cannot keep, and keeps the rest whole, before and after', async () => {
    child = await startChild(`
      import { setTimeout } from 'node:timers/promises';
      import { createLogs } from './logs/service.ts';
      const clock = { now: () => ${START}, monotonic: () => 0 };
      const logs = createLogs({ folder: ${JSON.stringify(folder)}, clock });
      const ask = (operation, more) => logs.handle({
        method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation,
        body: Buffer.from(JSON.stringify({ logGroupName: 'g', ...more })),
      });
      await ask('CreateLogGroup', {});
      await ask('CreateLogStream', { logStreamName: 's' });
      for (let i = 0; ; i++) {
        // Of different lengths, so that a line that was cut is not just overwritten by the next.
        const message = 'event ' + i + ' '.repeat((i % 7) * 100);
        const { status } = await ask('PutLogEvents', { logStreamName: 's', logEvents: [{ timestamp: ${START}, message }] });
        console.log(status === 200 ? 'kept' : 'refused ' + status, i);
        await setTimeout(1);
      }
    `);
    await child.line('kept 10');
    limitFiles(child.process.pid!, 16_384);
    await child.line('refused 500');
    limitFiles(child.process.pid!, 'unlimited');
    const refusedUntil = child.lines.length;
    await expect
      .poll(() => child.lines.slice(refusedUntil).filter((line) => line.startsWith('kept')).length)
      .toBeGreaterThan(5);
    await child.kill();
    const kept = child.lines
      .filter((line) => line.startsWith('kept'))
      .map((line) => line.replace('kept', 'event'));
    const { client } = await fixture.openLogs(folder);
    const { events = [] } = await client.send(
      new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', startFromHead: true }),
    );
    const found = events.map(({ message = '' }) => message.trimEnd());
    // The last one may have been kept before it was told.
    expect(found.slice(0, kept.length)).toEqual(kept);
    expect(found.length - kept.length).toBeLessThanOrEqual(1);
  });
});
