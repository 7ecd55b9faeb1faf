import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { applied, awsConfig, awsCredentials, localEnvironment } from '../../cli/shell/environment.ts';
import { startCloud } from '../../infra/local/cloud.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { freePort, launch, type Running } from '../kit.ts';
import { boto3Client } from './conformance/boto3.ts';
import { javascriptClient } from './conformance/javascript.ts';
import { run, shapeOf } from './conformance/run.ts';
import type { Client, Outcome } from './conformance/scenario.ts';
import { NAMES, NOT_HERE, SCENARIOS } from './conformance/scenarios/all.ts';

/** A cloud of its own for each client, empty, so that both meet the same and neither meets the other's. */
let clouds: readonly Running[] = [];
let clients: readonly Client[] = [];
const folder = mkdtempSync(join(tmpdir(), 'wildrydes-conformance-'));

beforeAll(open);
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  // What the scenario left behind is not to fail the next one.
  await close();
  await open();
});

async function open(): Promise<void> {
  const ports = await Promise.all([freePort(), freePort()]);
  clouds = ports.map((port) => launch(['start', '--empty', '--ephemeral', '--port', String(port)]));
  await Promise.all(clouds.map((cloud) => cloud.line((line) => line.includes('Ctrl-C stops'))));
  for (const [name, value] of Object.entries(environment(ports[0]))) vi.stubEnv(name, value);
  clients = [javascriptClient(), boto3Client(environment(ports[1]))];
}

async function close(): Promise<void> {
  for (const client of clients) await client.close();
  for (const { child, finished } of clouds) {
    child.kill('SIGTERM');
    await finished;
  }
  vi.unstubAllEnvs();
}

/** That of `wildrydes shell` towards the cloud on a port. */
function environment(port: number): NodeJS.ProcessEnv {
  const files = { config: join(folder, `config-${port}`), credentials: join(folder, 'credentials') };
  writeFileSync(files.config, awsConfig(port));
  writeFileSync(files.credentials, awsCredentials());
  return applied(process.env, localEnvironment(process.env, port, files)) as NodeJS.ProcessEnv;
}

describe.each(Object.entries(SCENARIOS))('%s', (_, scenarios) => {
  test.each(scenarios)('$title', async (scenario) => {
    const ends = await Promise.allSettled(clients.map((client) => run(scenario, client)));
    const runs = ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
    for (const [index, step] of scenario.steps.entries()) {
      const [javascript, boto3] = runs.map((outcomes) => shapeOf(outcomes[index] as Outcome, step.options));
      expect(javascript, `${scenario.title}, step ${index + 1}: ${step.call}, of both clients`).toEqual(
        boto3,
      );
    }
  });
});

test('every operation that the local cloud offers is in a scenario, or named with a reason', async () => {
  const cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  const services = cloud.services.map(({ title, operations }) => ({
    title,
    operations: [...operations.keys()],
  }));
  await cloud.close();
  const steps = Object.values(SCENARIOS).flatMap((scenarios) => scenarios.flatMap((each) => each.steps));
  const called = new Set(steps.map(({ call }) => call));
  const missing = services.flatMap(({ title, operations }) => {
    const names = NAMES[title] ?? [];
    const isCalled = (operation: string) => names.some((name) => called.has(`${name}.${operation}`));
    return operations
      .filter((operation) => !isCalled(operation))
      .map((operation) => `${title}: ${operation}`);
  });
  expect(missing.sort()).toEqual(Object.keys(NOT_HERE).sort());
});
