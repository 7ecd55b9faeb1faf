import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EMPTY_TALLY } from '../../../telemetry/balance.ts';
import type { AggregationProgress } from '../../../telemetry/progress.ts';
import { echoService, GatewayFixture } from '../gateway/fixture.ts';
import type { CloudHealth, Notification } from './api.ts';
import { createControlClient } from './client.ts';
import { createNotificationFeed } from './notifications.ts';
import { ControlError, type ControlRoutes, createControlRoutes } from './routes.ts';

const fixture = new GatewayFixture();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await fixture.closeAll();
});

const HEALTH: CloudHealth = {
  service: 'wildrydes',
  version: '0.1.0',
  pid: 1,
  endpoint: 'http://127.0.0.1:1',
  data: null,
  kept: false,
  now: 0,
  simulated: false,
  pipeline: true,
  parts: [],
  searchEndpoint: null,
  enforcesLimits: false,
};

async function open(): Promise<{ control: ControlRoutes; endpoint: string; port: number; lines: string[] }> {
  const lines: string[] = [];
  const control = createControlRoutes((line) => lines.push(line));
  const gateway = await fixture.open([echoService()], { intercept: control.intercept });
  return { control, endpoint: gateway.endpoint, port: gateway.port, lines };
}

function listen(server: ReturnType<typeof createServer | typeof createHttpServer>): Promise<string> {
  closers.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
    });
  });
}

describe('health', () => {
  it('is told by a cloud of this kit', async () => {
    const { control, endpoint } = await open();
    control.route('GET', 'health', () => HEALTH);
    expect(await createControlClient(endpoint).health()).toEqual(HEALTH);
  });

  it('is undefined where nothing listens', async () => {
    const { endpoint, port } = await open();
    await fixture.closeAll();
    expect(port).toBeGreaterThan(0);
    expect(await createControlClient(endpoint).health()).toBeUndefined();
  });

  it.each([
    ['a gateway without control routes', '{}', 404],
    ['another web server', '<html></html>', 200],
    ['JSON of another kind', '{"service":"other"}', 200],
    ['JSON that is no object', 'null', 200],
  ])('is foreign when %s answers', async (_who, body, status) => {
    const endpoint = await listen(
      createHttpServer((_request, response) => response.writeHead(status).end(body)),
    );
    expect(await createControlClient(endpoint).health()).toBe('foreign');
  });

  it('is foreign when what listens speaks no HTTP, or hangs up', async () => {
    const greeter = await listen(
      createServer((socket) => socket.on('error', () => {}).end('220 mail ready\r\n')),
    );
    expect(await createControlClient(greeter).health()).toBe('foreign');
    const rude = await listen(createServer((socket) => socket.on('error', () => {}).resetAndDestroy()));
    expect(await createControlClient(rude).health()).toBe('foreign');
  });

  it('is foreign when what listens never answers', async () => {
    const silent = createServer((socket) => {
      closers.push(() => socket.destroy());
    });
    expect(await createControlClient(await listen(silent)).health()).toBe('foreign');
  });
});

describe('routes', () => {
  it('take JSON and give JSON', async () => {
    const { control, endpoint } = await open();
    const progress: AggregationProgress = {
      tally: EMPTY_TALLY,
      watermark: null,
      outbox: 0,
      openWindows: 0,
      shards: [],
      trouble: null,
    };
    const asked: unknown[] = [];
    control.route('POST', 'aggregation', async (body) => {
      asked.push(body);
      return progress;
    });
    control.route('POST', 'stop', () => undefined);
    const client = createControlClient(endpoint);
    expect(await client.aggregation({ names: ['Bucéphalus 🦄'], closeWindows: true })).toEqual(progress);
    expect(asked).toEqual([{ names: ['Bucéphalus 🦄'], closeWindows: true }]);
    await client.stop();
  });

  it('refuse with the status and message of a ControlError', async () => {
    const { control, endpoint, lines } = await open();
    control.route('POST', 'aggregation', () => {
      throw new ControlError(409, 'not in a cloud that is kept');
    });
    await expect(createControlClient(endpoint).aggregation({})).rejects.toMatchObject({
      name: 'ControlError',
      status: 409,
      message: 'not in a cloud that is kept',
    });
    expect(lines).toEqual([]);
  });

  it('answer 500 to a fault, and log its cause', async () => {
    const { control, endpoint, lines } = await open();
    control.route('GET', 'status', async () => {
      throw new Error('cause');
    });
    await expect(createControlClient(endpoint).status()).rejects.toMatchObject({ status: 500 });
    expect(lines).toEqual([expect.stringContaining('cause')]);
  });

  it('refuse what is no JSON, too large, of the wrong method, or nowhere', async () => {
    const { control, endpoint } = await open();
    control.route('POST', 'stop', () => 'reached');
    const post = (path: string, body: string) =>
      fetch(`${endpoint}/_wildrydes/${path}`, { method: 'POST', body });
    expect((await post('stop', '{')).status).toBe(400);
    expect((await post('stop', `"${'x'.repeat(2_000_000)}"`)).status).toBe(413);
    expect((await post('constructor', '')).status).toBe(404);
    const wrong = await fetch(`${endpoint}/_wildrydes/stop`);
    expect([wrong.status, await wrong.json()]).toEqual([405, { message: '/_wildrydes/stop is for POST' }]);
    const right = await post('stop?because=test', '');
    expect([right.status, await right.json()]).toEqual([200, 'reached']);
    expect(right.headers.get('x-amzn-requestid')).toBeTruthy();
  });

  it('are closed to pages of other sites', async () => {
    const { control, endpoint } = await open();
    let reached = false;
    control.route('POST', 'stop', () => {
      reached = true;
    });
    const headers = { Origin: 'https://evil.example' };
    expect((await fetch(`${endpoint}/_wildrydes/stop`, { method: 'POST', headers })).status).toBe(403);
    expect(reached).toBe(false);
  });
});

describe('notifications', () => {
  const notification = (message: string): Notification => ({ topicArn: 'arn', messageId: 'id', message });

  it('reach every listener from the moment it is told that it listens, until it leaves', async () => {
    const { control, endpoint } = await open();
    const feed = createNotificationFeed();
    control.streamRoute('notifications', feed.add);
    const client = createControlClient(endpoint);
    const leaving = new AbortController();
    const heard = { first: [] as string[], second: [] as string[] };
    let noted = () => {};
    const until = async (met: () => boolean) => {
      while (!met()) await new Promise<void>((resolve) => (noted = resolve));
    };
    const note = (to: string[]) => (each: Notification) => {
      to.push(each.message);
      noted();
    };
    await client.notifications(leaving.signal, note(heard.first));
    feed.publish(notification('1 "line"\nand another 🦄'));
    await until(() => heard.first.length === 1);
    await client.notifications(new AbortController().signal, note(heard.second));
    feed.publish(notification('2'));
    await until(() => heard.first.length === 2 && heard.second.length === 1);
    leaving.abort();
    feed.publish(notification('3'));
    await until(() => heard.second.length === 2);
    expect(heard).toEqual({ first: ['1 "line"\nand another 🦄', '2'], second: ['2', '3'] });
    feed.close();
  });

  it('go by HTTP/2 as well, and end with the feed', async () => {
    const { connect } = await import('node:http2');
    const { control, endpoint } = await open();
    const feed = createNotificationFeed();
    control.streamRoute('notifications', feed.add);
    const session = connect(endpoint);
    closers.push(() => session.destroy());
    const stream = session.request({ ':path': '/_wildrydes/notifications' });
    await new Promise((resolve) => stream.on('response', resolve));
    feed.publish(notification('m'));
    feed.close();
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text).toBe('{"topicArn":"arn","messageId":"id","message":"m"}\n');
  });

  it('cut off a listener that does not read, not the publisher', async () => {
    const { control, port } = await open();
    const feed = createNotificationFeed();
    control.streamRoute('notifications', feed.add);
    const connection = fixture.raw(port);
    await connection.say('GET /_wildrydes/notifications HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await connection.hears('200 OK');
    connection.socket.pause();
    const message = 'x'.repeat(256 * 1024);
    for (let i = 0; i < 200; i++) {
      feed.publish(notification(message));
      await new Promise((resolve) => setImmediate(resolve));
    }
    connection.socket.resume();
    await connection.ended;
    expect(connection.heard.length).toBeLessThan(200 * message.length);
  });

  it('are refused when there is no such route', async () => {
    const { endpoint } = await open();
    const heard = createControlClient(endpoint).notifications(new AbortController().signal, () => {});
    await expect(heard).rejects.toMatchObject({ status: 404 });
  });
});
