import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RawConnection } from './fixture.ts';
import { type LoopbackPort, listenOnLoopback } from './loopback.ts';

const open: (LoopbackPort | Server)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await new Promise((resolve) => resolve(each.close()));
});

async function listen(port: number): Promise<LoopbackPort> {
  const listening = await listenOnLoopback(port, (socket) => socket.end('hello'));
  open.push(listening);
  return listening;
}

function occupy(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    open.push(server);
    server.listen(0, host, () => resolve((server.address() as { port: number }).port));
  });
}

const hasIpv6 = await occupy('::1').then(
  () => true,
  () => false,
);

describe('listenOnLoopback', () => {
  it('listens on the same port of each loopback address', async () => {
    const { port } = await listen(0);
    expect(port).toBeGreaterThan(0);
    for (const host of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      const connection = new RawConnection(connect(port, host));
      expect(await connection.hears('hello')).toBe('hello');
    }
  });

  it('says that a port is taken, and what to do', async () => {
    const port = await occupy('127.0.0.1');
    await expect(listen(port)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${port} is taken by another program`,
      next: expect.stringContaining(`--port ${port + 1}`),
    });
  });

  it.runIf(hasIpv6)('does not keep one address when the other is taken', async () => {
    const port = await occupy('::1');
    await expect(listen(port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    const again = createServer();
    open.push(again);
    await new Promise<void>((resolve, reject) =>
      again.once('error', reject).listen(port, '127.0.0.1', () => resolve()),
    );
  });

  it('refuses a port that cannot be', async () => {
    await expect(listen(70_000)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('gives the port back', async () => {
    const { port, close } = await listenOnLoopback(0, () => {});
    await close();
    expect((await listen(port)).port).toBe(port);
  });
});
