import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freeSearchPort, insistOnSearchPort } from './ports.ts';

/** Something that listens on one address alone. */
async function listenerOn(port: number, host: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  onTestFinished(() => void server.close());
}

test('the first at which nothing listens, on either loopback address', async () => {
  const first = await freeSearchPort(9_250);
  await listenerOn(first, '127.0.0.1');
  const second = await freeSearchPort(first);
  expect(second).toBeGreaterThan(first);
  await listenerOn(second, '::1');
  expect(await freeSearchPort(first)).toBeGreaterThan(second);
});

test('one that is asked for must be free, and of those that can be had', async () => {
  const port = await freeSearchPort(9_270);
  await expect(insistOnSearchPort(port)).resolves.toBe(port);
  await listenerOn(port, '127.0.0.1');
  await expect(insistOnSearchPort(port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  for (const wrong of [9_199, 9_300, 9_200.5, Number.NaN]) {
    await expect(insistOnSearchPort(wrong)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`(given ${wrong})`),
    });
  }
});
