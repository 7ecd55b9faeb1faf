import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/kit.ts';
import { freeSearchPort } from './ports.ts';
import { startSearchServer } from './server.ts';

/**
 * How it is started and ended, with programs in the place of Java and Maven, so that it takes no time and needs neither.
 * What a real one does is in test/interop/search-server.test.ts.
 */

/** Answers as OpenSearch does, at the port that the runner would take. */
const ANSWERS = `
const { createServer } = require('node:http');
const given = (name) => process.argv[process.argv.indexOf(name) + 1];
const nodes = { one: { process: { id: process.pid } } };
createServer((request, response) => response.end(JSON.stringify({ nodes })))
  .listen(Number(given('-baseHttpPort')) + 1, '127.0.0.1');
`;

/** @param script of the server, for Node */
function installed(script: string): void {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  writeFileSync(join(folder, 'server.cjs'), script);
  program(
    'java',
    `#!/bin/sh
case $1 in -version) echo 'openjdk version "17.0.1"' >&2; exit ;; esac
exec '${process.execPath}' '${join(folder, 'server.cjs')}' "$@"
`,
  );
  program(
    'mvn',
    `#!/bin/sh
for given; do case $given in -Dmdep.outputFile=*) printf '%s' '${folder}/server.cjs' >"\${given#*=}" ;; esac; done
`,
  );
  vi.stubEnv('JAVA_HOME', folder);
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Ports of this file's own, lest it meet a server that somebody uses. */
const somePort = () => freeSearchPort(9_280);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const places = () => ({ folder: join(temporaryFolder(), 'search'), packages: temporaryFolder() });

describe('a search server', () => {
  test('answers when it is there, and is gone when it is closed', async () => {
    installed(ANSWERS);
    const told: string[] = [];
    const [port, options] = [await somePort(), places()];
    const server = await startSearchServer({ ...options, port, progress: (line) => void told.push(line) });
    expect(server.endpoint).toBe(`http://127.0.0.1:${port}`);
    expect(told.at(-1)).toMatch(/OpenSearch 2\.19\.\d+ starts, on Java 17/);
    const settings = readFileSync(join(options.folder, 'configuration', 'opensearch.yml'), 'utf8');
    expect(settings).toContain('network.host: 127.0.0.1\n');
    await server.close();
    await server.close();
    expect(isRunning(server.pid)).toBe(false);
  });

  test('that keeps nothing leaves nothing', async () => {
    const seen = join(temporaryFolder(), 'seen');
    installed(`${ANSWERS} require('node:fs').writeFileSync('${seen}', given('-dataPath'));`);
    const server = await startSearchServer({ ...places(), folder: null, port: await somePort() });
    const data = readFileSync(seen, 'utf8');
    expect(existsSync(data)).toBe(true);
    await server.close();
    expect(existsSync(data)).toBe(false);
  });

  test('sees nothing of the shell that is none of its business', async () => {
    const seen = join(temporaryFolder(), 'seen');
    installed(`require('node:fs').writeFileSync('${seen}', JSON.stringify(process.env)); ${ANSWERS}`);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const server = await startSearchServer({ ...places(), port: await somePort() });
    await server.close();
    expect(readFileSync(seen, 'utf8')).not.toContain('secret');
  });

  test('that does not end when it is asked to is killed', async () => {
    installed(`process.on('SIGTERM', () => {}); ${ANSWERS}`);
    const server = await startSearchServer({ ...places(), port: await somePort(), patience: { end: 50 } });
    await server.close();
    expect(isRunning(server.pid)).toBe(false);
  });

  test('that ends at once: its last words, and where its log is', async () => {
    installed(`console.error('first'); console.log('the disk is on fire'); process.exitCode = 1;`);
    const options = places();
    await expect(startSearchServer({ ...options, port: await somePort() })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'OpenSearch did not start: it ended',
      next: expect.stringMatching(/the disk is on fire[\s\S]*search\.log/),
    });
  });

  test('that does not answer is given up after a time, and ended', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    installed(
      `require('node:fs').writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1_000);`,
    );
    const patience = { start: 1_000 };
    await expect(startSearchServer({ ...places(), port: await somePort(), patience })).rejects.toMatchObject({
      message: 'OpenSearch did not start: it did not answer within 1 s',
    });
    expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  test('that is given up while it starts is ended', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    installed(
      `require('node:fs').writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1_000);`,
    );
    const giveUp = new AbortController();
    const starting = startSearchServer({ ...places(), port: await somePort(), signal: giveUp.signal });
    await expect.poll(() => existsSync(pidFile), { timeout: 10_000 }).toBe(true);
    giveUp.abort();
    await expect(starting).rejects.toBe(giveUp.signal.reason);
    await expect.poll(() => isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  test('whose port somebody else took meanwhile goes to the next one', async () => {
    installed(`
      const port = Number(process.argv[process.argv.indexOf('-baseHttpPort') + 1]) + 1;
      const probe = require('node:net').connect(port, '127.0.0.1');
      probe.on('connect', () => process.exit(1));
      probe.on('error', () => { ${ANSWERS} });
    `);
    // Listens between the look at the port and the server's own.
    const foreign = createServer((_, response) => void response.end('{}'));
    const progress = (line: string) => {
      if (line.includes('starts') && !foreign.listening) foreign.listen(taken, '127.0.0.1');
    };
    const taken = await freeSearchPort();
    onTestFinished(() => void foreign.close());
    const server = await startSearchServer({ ...places(), progress });
    onTestFinished(() => server.close());
    expect(server.endpoint).not.toBe(`http://127.0.0.1:${taken}`);
    await expect(startSearchServer({ ...places(), port: taken })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
  });
});
