import { connect } from 'node:http2';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { echoService, GatewayFixture, http1Request, sdkConfig } from './fixture.ts';
import type { ApiResponse } from './service.ts';

const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

const OK = 'HTTP/1.1 200 OK';
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

describe('SDK clients', () => {
  it.each([
    ['HTTP/2, its default', {}],
    ['HTTP/1.1', { requestHandler: new NodeHttpHandler() }],
  ])('reach a service by %s', async (_version, handler) => {
    const kinesis = echoService();
    const gateway = await fixture.open([kinesis]);
    const client = fixture.client(new KinesisClient({ ...sdkConfig(gateway), ...handler }));
    for (let i = 0; i < 3; i++) await client.send(new ListStreamsCommand({}));
    const answer = await client.send(
      new PutRecordCommand({ StreamName: 'wildrydes', PartitionKey: 'k', Data: Buffer.alloc(500_000) }),
    );
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(kinesis.requests.map(({ operation, region }) => `${operation} ${region}`)).toEqual([
      'ListStreams us-west-2',
      'ListStreams us-west-2',
      'ListStreams us-west-2',
      'PutRecord us-west-2',
    ]);
    expect(JSON.parse(kinesis.requests[3]!.body.toString()).Data).toHaveLength(Math.ceil(500_000 / 3) * 4);
  });

  it('are told the name of what is not supported', async () => {
    const gateway = await fixture.open([echoService()]);
    const dynamodb = fixture.client(new DynamoDBClient(sdkConfig(gateway)));
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The local cloud does not support DynamoDB_20120810.ListTables. Its services are kinesis.',
    });
    const sns = fixture.client(new SNSClient(sdkConfig(gateway)));
    await expect(sns.send(new SubscribeCommand({ TopicArn: 'x', Protocol: 'sms' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('sns Subscribe'),
    });
  });

  it('are told that a request is too large, by either version', async () => {
    const gateway = await fixture.open([echoService({ maxBody: 10_000 })]);
    const put = new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.alloc(3_000_000) });
    for (const handler of [{}, { requestHandler: new NodeHttpHandler() }]) {
      const client = fixture.client(new KinesisClient({ ...sdkConfig(gateway), ...handler }));
      await expect(client.send(put)).rejects.toMatchObject({
        name: 'RequestEntityTooLargeException',
        $metadata: { httpStatusCode: 413 },
      });
    }
  });

  it('see a fault in a service as InternalFailure, and the log has its cause', async () => {
    const lines: string[] = [];
    const faults = [
      () => {
        throw new Error('broken at once');
      },
      () => Promise.reject(new Error('broken later')),
    ];
    const gateway = await fixture.open([echoService({ handle: () => faults.shift()!() })], {
      log: (line) => lines.push(line),
    });
    const client = fixture.client(new KinesisClient(sdkConfig(gateway)));
    for (const cause of ['broken at once', 'broken later']) {
      await expect(client.send(new ListStreamsCommand({}))).rejects.toMatchObject({
        name: 'InternalFailure',
        $metadata: { httpStatusCode: 500, requestId: expect.stringMatching(/./) },
      });
      expect(lines.pop()).toContain(cause);
    }
  });

  it('find the same port on ::1', async (test) => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port, '::1');
    const connected = await new Promise((resolve) => {
      connection.socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    if (!connected) return test.skip();
    await connection.say(http1Request('{}', { Host: `[::1]:${gateway.port}` }));
    expect(await connection.hears('ListStreams')).toContain(OK);
  });
});

describe('unsigned requests', () => {
  it('are routed by target, or as a form by the version of the API', async () => {
    const kinesis = echoService();
    const sns = echoService({ signingName: 'sns', targetPrefixes: [], queryVersion: '2010-03-31' });
    const { endpoint } = await fixture.open([kinesis, sns]);
    await fetch(endpoint, {
      method: 'POST',
      body: '{}',
      headers: { 'X-Amz-Target': 'Kinesis_20131202.ListStreams' },
    });
    await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'ListTopics', Version: '2010-03-31' }),
    });
    await fetch(`${endpoint}/?Action=Unsubscribe&Version=2010-03-31`);
    const unknown = await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ Action: 'Other' }) });
    expect(kinesis.requests.map(({ operation }) => operation)).toEqual(['ListStreams']);
    expect(sns.requests.map(({ operation }) => operation)).toEqual(['ListTopics', 'Unsubscribe']);
    expect(sns.requests[1]?.body.toString()).toBe('Action=Unsubscribe&Version=2010-03-31');
    expect(unknown.status).toBe(400);
    expect(await unknown.text()).toContain('does not support Other');
  });
});

describe('strangers', () => {
  it('are refused before their body is read, by either version', async () => {
    const kinesis = echoService();
    const gateway = await fixture.open([kinesis]);
    const connection = fixture.raw(gateway.port);
    await connection.say(http1Request('{}', { Host: 'evil.example' }));
    const answer = await connection.hears('Host must be');
    expect(answer).toContain('HTTP/1.1 403');
    expect(answer.toLowerCase()).toContain('x-amzn-requestid: ');
    await connection.say(http1Request('{}', { Origin: 'https://evil.example' }));
    await connection.hears('Origin https://evil.example');

    const session = connect(gateway.endpoint);
    const refused = await new Promise<number>((resolve, reject) => {
      session.on('error', reject);
      session
        .request({
          ':method': 'POST',
          ':authority': 'evil.example',
          'x-amz-target': 'Kinesis_20131202.ListStreams',
        })
        .on('response', (headers) => resolve(Number(headers[':status'])))
        .on('error', reject)
        .end('{}');
    });
    session.destroy();
    expect(refused).toBe(403);
    expect(kinesis.requests).toEqual([]);
  });

  it('without a Host header are refused', async () => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port);
    await connection.say(
      'POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(await connection.hears('given none')).toContain('HTTP/1.1 403');
  });
});

describe('connections', () => {
  it('stay open for request after request, and pipelined ones are answered in order', async () => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port);
    await connection.say(http1Request('{}') + http1Request('[1]') + http1Request('[12]'));
    const answers = await connection.hears('"bytes":4}');
    expect(answers.match(/"bytes":\d/g)).toEqual(['"bytes":2', '"bytes":3', '"bytes":4']);
    expect(answers.toLowerCase()).not.toContain('connection: close');
  });

  it('are understood however their first bytes are cut', async () => {
    const gateway = await fixture.open([echoService()]);
    const request = http1Request('{}');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 5 }),
        fc.boolean(),
        async (cuts, http2) => {
          const connection = fixture.raw(gateway.port);
          // An empty SETTINGS frame completes the client's side of the HTTP/2 preface.
          const text = http2 ? `${PREFACE}\0\0\0\x04\0\0\0\0\0` : request;
          const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
          for (const [i, start] of edges.slice(0, -1).entries()) {
            await connection.say(Buffer.from(text.slice(start, edges[i + 1]), 'latin1'));
            await new Promise((resolve) => setImmediate(resolve));
          }
          if (http2)
            await connection.hears('\x04\x01\0\0\0\0'); // SETTINGS, acknowledged
          else await connection.hears('"bytes":2');
          connection.socket.destroy();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('with a request that only starts like HTTP/2 are HTTP/1.1', async () => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port);
    await connection.say('PR');
    await connection.say('OPFIND / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await connection.hears('PROPFIND /')).toContain('HTTP/1.1 400');
  });

  it('that speak garbage are answered and closed', async () => {
    const gateway = await fixture.open([echoService()]);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 30, maxLength: 200 }), async (garbage) => {
        const connection = fixture.raw(gateway.port);
        await connection.say(garbage);
        connection.socket.end();
        await connection.ended;
      }),
      { numRuns: 30 },
    );
    const connection = fixture.raw(gateway.port);
    await connection.say('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03');
    await connection.ended;
    expect(connection.heard.toString()).toContain('HTTP/1.1 400 Bad Request\r\nx-amzn-RequestId: ');
  });

  it('with a broken HTTP/2 frame are closed', async () => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port);
    await connection.say(`${PREFACE}this is not a frame at all, but it is long enough to be read as one`);
    await connection.ended;
  });

  it('in HTTP/2 end when the client ends its side', async () => {
    const gateway = await fixture.open([echoService()]);
    const connection = fixture.raw(gateway.port);
    await connection.say(`${PREFACE}\0\0\0\x04\0\0\0\0\0`);
    await connection.hears('\x04\x01\0\0\0\0');
    connection.socket.end();
    await connection.ended;
  });

  it('abandoned at any point neither reach the service nor harm others', async () => {
    const kinesis = echoService();
    const gateway = await fixture.open([kinesis]);
    const request = http1Request('{"a":"b"}');
    for (let sent = 0; sent < request.length; sent += 7) {
      const connection = fixture.raw(gateway.port);
      await connection.say(request.slice(0, sent));
      if (sent % 2 === 0) connection.socket.resetAndDestroy();
      else connection.socket.end();
      await connection.ended;
    }
    expect(kinesis.requests).toEqual([]);
    const session = connect(gateway.endpoint);
    const stream = session.request({ ':method': 'POST', 'x-amz-target': 'Kinesis_20131202.ListStreams' });
    stream.on('error', () => {});
    stream.write('{');
    await new Promise((resolve) => session.ping(resolve));
    session.destroy();
    const connection = fixture.raw(gateway.port);
    await connection.say(request);
    await connection.hears(OK);
    expect(kinesis.requests).toHaveLength(1);
  });

  it('that end their side after the request still get the answer', async () => {
    const gateway = await fixture.open([echoService({ handle: () => later(ANSWER) })]);
    const connection = fixture.raw(gateway.port);
    connection.socket.end(http1Request('{}', { Connection: 'close' }));
    await connection.ended;
    expect(connection.heard.toString()).toContain('"done"');
  });

  it('that leave before the answer do not harm it', async () => {
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let release = (_: ApiResponse) => {};
    const gateway = await fixture.open([
      echoService({
        handle() {
          answer();
          return new Promise<ApiResponse>((resolve) => {
            release = resolve;
          });
        },
      }),
    ]);
    const connection = fixture.raw(gateway.port);
    await connection.say(http1Request('{}'));
    await asked;
    connection.socket.resetAndDestroy();
    await connection.ended;
    release(ANSWER);
    const other = fixture.raw(gateway.port);
    await other.say('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await other.hears('does not support GET /.');
  });
});

describe('close', () => {
  it('lets a request under way finish, and takes no new connection', async () => {
    for (const http2 of [false, true]) {
      let release = () => {};
      let asked = () => {};
      const underWay = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const gateway = await fixture.open([
        echoService({
          handle() {
            asked();
            return new Promise<ApiResponse>((resolve) => {
              release = () => resolve(ANSWER);
            });
          },
        }),
      ]);
      const handler = http2 ? {} : { requestHandler: new NodeHttpHandler() };
      const client = fixture.client(new KinesisClient({ ...sdkConfig(gateway), ...handler }));
      const answered = client.send(new ListStreamsCommand({}));
      const idle = fixture.raw(gateway.port);
      await underWay;
      const closed = gateway.close(60_000);
      await idle.ended;
      release();
      expect((await answered).$metadata.httpStatusCode).toBe(200);
      await closed;
      await expect(fetch(gateway.endpoint)).rejects.toThrow();
    }
  });

  it('cuts what does not finish in time, whatever the connection was doing', async () => {
    const gateway = await fixture.open([echoService({ handle: () => new Promise<ApiResponse>(() => {}) })]);
    const waiting = fixture.raw(gateway.port);
    await waiting.say(http1Request('{}'));
    const sending = fixture.raw(gateway.port);
    await sending.say(http1Request('{}').slice(0, -1));
    const session = connect(gateway.endpoint);
    session.on('error', () => {});
    session
      .request({ ':method': 'POST', 'x-amz-target': 'Kinesis_20131202.ListStreams' })
      .on('error', () => {})
      .end('{}');
    const sessionEnded = new Promise((resolve) => session.on('close', resolve));
    await new Promise((resolve) => session.ping(resolve));
    await gateway.close(50);
    await Promise.all([waiting.ended, sending.ended, sessionEnded]);
  });

  it('may be asked twice', async () => {
    const gateway = await fixture.open([echoService()]);
    await Promise.all([gateway.close(), gateway.close()]);
  });
});

const ANSWER: ApiResponse = { status: 200, headers: {}, body: '{"done":true}' };

function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)));
}
