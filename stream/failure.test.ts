import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, test } from 'vitest';
import { WildRydesError } from '../telemetry/errors.ts';
import { createKinesisClient } from './client.ts';
import { explain, type Failure, judge } from './failure.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What the SDK rejects with is only known by asking it: a server plays each part. */
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function failureOf(
  port: number,
  options: { region?: string } = { region: 'us-east-1' },
): Promise<unknown> {
  const client = createKinesisClient(
    { endpoint: `http://127.0.0.1:${port}`, credentials: CREDENTIALS, ...options },
    { maxAttempts: 1, requestTimeout: 200 },
  );
  try {
    await client.send(new ListShardsCommand({ StreamName: 'wildrydes' }));
  } catch (error) {
    return error;
  } finally {
    client.destroy();
  }
  throw new Error('the request did not fail');
}

const answering = (status: number, body: string) =>
  listen((_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(body);
  });
const refusing = (status: number, name: string) =>
  answering(status, JSON.stringify({ __type: name, message: 'why' }));

describe('what a failed request means', () => {
  const cases: [string, () => Promise<number>, Omit<Failure, 'reason'>, RegExp][] = [
    [
      'a throttled request',
      () => refusing(400, 'ProvisionedThroughputExceededException'),
      { retriable: true, outcome: 'refused', throttled: true },
      /^ProvisionedThroughputExceededException: why$/,
    ],
    [
      'a limit that is reached',
      () => refusing(400, 'LimitExceededException'),
      { retriable: true, outcome: 'refused', throttled: true },
      /^LimitExceededException: why$/,
    ],
    [
      'a missing stream',
      () => refusing(400, 'ResourceNotFoundException'),
      { retriable: false, outcome: 'refused', throttled: false },
      /^ResourceNotFoundException: why$/,
    ],
    [
      'a client error without a name',
      () => answering(413, ''),
      { retriable: false, outcome: 'refused', throttled: false },
      /^HTTP status 413/,
    ],
    [
      'too many requests, said by a proxy',
      () => answering(429, '<html>'),
      { retriable: true, outcome: 'refused', throttled: true },
      /^HTTP status 429/,
    ],
    [
      'a server error',
      () => refusing(500, 'InternalFailure'),
      { retriable: true, outcome: 'unknown', throttled: false },
      /^InternalFailure: why$/,
    ],
    [
      'an unavailable service',
      () => answering(503, '<html>'),
      { retriable: true, outcome: 'unknown', throttled: true },
      /^HTTP status 503/,
    ],
    [
      'an answer that cannot be read',
      () => answering(200, '<html>'),
      { retriable: true, outcome: 'unknown', throttled: false },
      /^HTTP status 200/,
    ],
    [
      'a connection closed without an answer',
      () => listen((request) => request.socket.destroy()),
      { retriable: true, outcome: 'unknown', throttled: false },
      /socket hang up/,
    ],
    [
      'an answer that breaks off',
      () =>
        listen((request, response) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{', () => request.socket.destroy());
        }),
      { retriable: true, outcome: 'unknown', throttled: false },
      /abort|ECONNRESET/,
    ],
    [
      'no answer in time',
      () => listen(() => {}),
      { retriable: true, outcome: 'unknown', throttled: false },
      /requestTimeout/,
    ],
    [
      'nobody listening',
      async () => {
        const port = await listen(() => {});
        await new Promise((resolve) => servers.pop()!.close(resolve));
        return port;
      },
      { retriable: true, outcome: 'refused', throttled: false },
      /ECONNREFUSED/,
    ],
  ];

  test.each(cases)('%s', async (_, serve, expected, reason) => {
    const { reason: given, ...failure } = judge(await failureOf(await serve()));
    expect(failure).toEqual(expected);
    expect(given).toMatch(reason);
    expect(given).not.toContain('\n');
  });

  test.each([
    ['no region', new Error('Region is missing')],
    ['no credentials', Object.assign(new Error('none found'), { name: 'CredentialsProviderError' })],
    [
      'a certificate that is not trusted',
      Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    ],
    ['something that is no error', 'boom'],
    ['nothing', undefined],
  ])('%s is permanent, and nothing was sent', (_, error) => {
    expect(judge(error)).toMatchObject({ retriable: false, outcome: 'refused' });
  });

  test('a name that does not resolve, and both loopback addresses refused, were never sent', () => {
    const dns = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:4566'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    const both = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' });
    for (const error of [dns, both])
      expect(judge(error)).toMatchObject({ retriable: true, outcome: 'refused' });
    expect(judge(both).reason).toBe('connect ECONNREFUSED ::1:4566');
  });
});

describe('errors as this project states them', () => {
  test('a missing stream, with the command that creates it', async () => {
    const error = explain(await failureOf(await refusing(400, 'ResourceNotFoundException')), 'wildrydes');
    expect(error).toBeInstanceOf(WildRydesError);
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      next: 'Create it: aws kinesis create-stream --stream-name wildrydes --shard-count 1',
    });
  });

  test('what the target refuses', async () => {
    expect(explain(await failureOf(await refusing(400, 'AccessDeniedException')), 'wildrydes')).toMatchObject(
      {
        code: 'UNREACHABLE',
        message: 'the stream wildrydes cannot be used: AccessDeniedException: why',
      },
    );
    expect(explain(new Error('Region is missing'), 'wildrydes')).toMatchObject({ code: 'UNREACHABLE' });
  });

  test('a defect stays what it is', () => {
    const defect = new TypeError('x is not a function');
    expect(explain(defect, 'wildrydes')).toBe(defect);
  });
});
