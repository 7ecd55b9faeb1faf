import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { isTransient } from '../resend.ts';
import { createSearchClient, reasonIn, SearchError } from './client.ts';
import type { Signing } from './settings.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Heard {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A server that gives every request this answer; undefined: none at all. */
async function listen(status: number | undefined, content = '{}') {
  const heard: Heard[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    heard.push({ url: request.url, authorization: request.headers.authorization, body });
    if (status === undefined) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function connect(endpoint: string, signing: Signing = 'none', expiration?: Date) {
  let asked = 0;
  const credentials = async () => {
    asked++;
    return { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret', ...(expiration ? { expiration } : {}) };
  };
  const client = createSearchClient({ endpoint, signing, region: 'us-east-1' }, credentials);
  closing.push(() => client.close());
  return { client, asked: () => asked };
}

const never = () => new AbortController().signal;
const REQUEST = {
  method: 'POST',
  path: '/_bulk',
  query: { refresh: 'true' },
  body: { lines: '{"é":1}\n' },
} as const;

describe('the search client', () => {
  it('sends bytes as they are, and gives the answer', async () => {
    const { host, heard } = await listen(200, '{"items":[1]}');
    expect(await connect(`http://${host}/under`).client.send(REQUEST, { abortSignal: never() })).toEqual({
      items: [1],
    });
    expect(heard).toEqual([
      { url: '/under/_bulk?refresh=true', authorization: undefined, body: '{"é":1}\n' },
    ]);
  });

  it.each(['es', 'aoss'] as const)(
    'signs for %s, by credentials that it asks for when it needs them',
    async (service) => {
      const { host, heard } = await listen(200);
      const { client, asked } = connect(`http://${host}`, service);
      await client.send(REQUEST, { abortSignal: never() });
      await client.send(REQUEST, { abortSignal: never() });
      expect(asked()).toBe(1);
      for (const { authorization } of heard) {
        expect(authorization).toMatch(
          new RegExp(
            `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\\d{8}/us-east-1/${service}/aws4_request, SignedHeaders=`,
          ),
        );
      }
      const expiring = connect(`http://${host}`, service, new Date(Date.now() + 1_000));
      await expiring.client.send(REQUEST, { abortSignal: never() });
      await expiring.client.send(REQUEST, { abortSignal: never() });
      expect(expiring.asked()).toBe(2);
    },
  );

  it('logs in with what the URL holds, and never tells', async () => {
    const { host, heard, server } = await listen(
      403,
      '{"error":{"type":"security_exception","reason":"no permissions"}}',
    );
    const { client } = connect(`http://me:s3cret@${host}`);
    const refused = await client.send(REQUEST, { abortSignal: never() }).catch((error: unknown) => error);
    expect(heard[0]?.authorization).toBe(`Basic ${Buffer.from('me:s3cret').toString('base64')}`);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const unreachable = await client.send(REQUEST, { abortSignal: never() }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 403, message: 'status 403: security_exception: no permissions' });
    for (const error of [refused, unreachable] as Error[]) {
      expect(
        `${error.stack}${JSON.stringify(error)}${inspect(error, { showHidden: true, depth: 9 })}`,
      ).not.toMatch(/s3cret|Basic|bWU6/i);
    }
  });

  it('tells errors apart that another attempt may cure', async () => {
    for (const [status, cured] of [
      [429, true],
      [500, true],
      [503, true],
      [400, false],
      [403, false],
      [413, false],
    ] as const) {
      const { host } = await listen(status, '{"error":{"type":"x","reason":"y"},"status":200}');
      const { client } = connect(`http://${host}`);
      const error = await client.send(REQUEST, { abortSignal: never() }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SearchError);
      expect([status, isTransient(error)]).toEqual([status, cured]);
    }
    for (const content of ['', '{"items":[']) {
      const { host } = await listen(200, content);
      const answered = connect(`http://${host}`).client.send(REQUEST, { abortSignal: never() });
      if (content === '') expect(await answered).toBe('');
      else expect(isTransient(await answered.catch((error: unknown) => error))).toBe(true);
    }
  });

  it('stops waiting when it is told to, and is of use again', async () => {
    const { host } = await listen(undefined);
    const { client } = connect(`http://${host}`, 'es');
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await client
        .send(REQUEST, { abortSignal: AbortSignal.timeout(20) })
        .catch((thrown: unknown) => thrown);
      expect(isTransient(error)).toBe(true);
    }
    await expect(client.send(REQUEST, { abortSignal: AbortSignal.abort() })).rejects.toThrow();
    await expect(client.send({ ...REQUEST, timeout: 20 }, { abortSignal: never() })).rejects.toThrow(
      'timed out',
    );
  });
});

describe('a reason', () => {
  it.each([
    [{ error: { type: 'a', reason: 'b', caused_by: { type: 'c', reason: 'd' } } }, 'a: b: c: d'],
    [{ type: 'a', reason: 'b' }, 'a: b'],
    [{ error: 'plain\n text' }, 'plain text'],
    [{ message: 'of a proxy' }, 'no reason given'],
    ['<html>', '<html>'],
    [undefined, 'no reason given'],
    ['x'.repeat(400), `${'x'.repeat(299)}…`],
  ])('of %j', (body, reason) => {
    expect(reasonIn(body)).toBe(reason);
  });
});
