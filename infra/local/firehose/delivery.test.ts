import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  DeleteDeliveryStreamCommand,
  PutRecordCommand,
  UpdateDestinationCommand,
} from '@aws-sdk/client-firehose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../child-fixture.ts';
import { FirehoseFixture, FUNCTION, type OpenedFirehose, PROCESSING } from './fixture.ts';

const fixture = new FirehoseFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-firehose-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const AT = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
const clock = { now: () => AT, monotonic: () => 0 };
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}';

const text = ({ objects }: OpenedFirehose) => objects.map(({ body }) => body.toString()).join('');

/** Interval waits that a test ends. */
function manualWait() {
  const waits: { readonly milliseconds: number; readonly end: () => void }[] = [];
  const wait = (milliseconds: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      waits.push({ milliseconds, end: resolve });
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  return { waits, wait };
}

interface TransformationEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly {
    readonly recordId: string;
    readonly approximateArrivalTimestamp: number;
    readonly data: string;
  }[];
}

describe('records', () => {
  it('are delivered under the prefix and the date, as the stream, its version, the time and an id', async () => {
    const opened = await fixture.openFirehose(folder, { clock });
    await opened.create({ Prefix: 'kinesis_firehose_input' });
    await opened.put('{"a":1}\n', '{"b":2}\n');
    await expect.poll(() => opened.objects.length).toBe(1);
    expect(opened.objects[0]).toMatchObject({ bucket: 'rides', contentEncoding: undefined });
    expect(opened.objects[0]?.key).toMatch(
      new RegExp(`^kinesis_firehose_input2026/02/03/04/likes-1-2026-02-03-04-05-06-${UUID}$`),
    );
    expect(text(opened)).toBe('{"a":1}\n{"b":2}\n');
  });

  it('are compressed, by an expression of the prefix, with a delimiter', async () => {
    const opened = await fixture.openFirehose(folder, { clock });
    await opened.create({
      Prefix: "year=!{timestamp:yyyy}/!{timestamp:'day='D}/",
      ErrorOutputPrefix: '!{firehose:error-output-type}/',
      CompressionFormat: 'GZIP',
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'AppendDelimiterToRecord',
            Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }],
          },
        ],
      },
    });
    await opened.put('a', 'b');
    await expect.poll(() => opened.objects.length).toBe(1);
    expect(opened.objects[0]?.key).toMatch(/^year=2026\/day=34\/likes-1-.*\.gz$/);
    expect(opened.objects[0]?.contentEncoding).toBe('gzip');
    expect(gunzipSync(opened.objects[0]!.body).toString()).toBe('a\nb\n');
  });

  it('wait for the interval, or until the buffer is full', async () => {
    const { waits, wait } = manualWait();
    const opened = await fixture.openFirehose(folder, { clock, wait });
    await opened.create({ BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
    await opened.put('a');
    await opened.put('b');
    await expect.poll(() => waits.map(({ milliseconds }) => milliseconds)).toEqual([60_000]);
    expect(opened.objects).toEqual([]);
    waits[0]?.end();
    await expect.poll(() => text(opened)).toBe('ab');
    await opened.put('x'.repeat(600_000));
    await opened.put('y'.repeat(600_000));
    await expect.poll(() => opened.objects.length).toBe(2);
    expect(opened.objects[1]?.body).toHaveLength(600_000);
  });

  it('wait for a bucket that is not there, which the logs tell once', async () => {
    let calls = 0;
    const delays: number[] = [];
    const received: string[] = [];
    const opened = await fixture.openFirehose(folder, {
      clock,
      random: () => 1,
      wait: async (delay) => void (delay > 0 && delays.push(delay)),
      putObject: async (_bucket, _key, body) => {
        calls += 1;
        if (calls <= 3) throw Object.assign(new Error('no such bucket'), { type: 'NoSuchBucket' });
        received.push(Buffer.from(body).toString());
      },
    });
    await opened.create({
      CloudWatchLoggingOptions: {
        Enabled: true,
        LogGroupName: '/aws/kinesisfirehose/likes',
        LogStreamName: 'S3Delivery',
      },
    });
    await opened.put('a');
    await expect.poll(() => received).toEqual(['a']);
    expect(delays).toEqual([1_000, 2_000, 4_000]);
    expect(opened.log).toEqual(['firehose: delivery of likes is tried again: no such bucket']);
    expect(opened.events).toEqual([
      expect.stringMatching(/^\/aws\/kinesisfirehose\/likes S3Delivery \{.*"errorCode":"S3.NoSuchBucket"/),
    ]);
  });

  it('follow a change of the destination, in the next version', async () => {
    const { waits, wait } = manualWait();
    const opened = await fixture.openFirehose(folder, { clock, wait });
    await opened.create({ BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } });
    await opened.put('a');
    await expect.poll(() => waits.length).toBe(1);
    await opened.client.send(
      new UpdateDestinationCommand({
        DeliveryStreamName: 'likes',
        CurrentDeliveryStreamVersionId: '1',
        DestinationId: 'destinationId-000000000001',
        ExtendedS3DestinationUpdate: {
          Prefix: 'new/',
          BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 },
        },
      }),
    );
    await expect.poll(() => opened.objects[0]?.key).toMatch(/^new\/2026\/02\/03\/04\/likes-2-/);
  });

  it('are thrown away with their delivery stream', async () => {
    const { waits, wait } = manualWait();
    const opened = await fixture.openFirehose(folder, { clock, wait });
    await opened.create({ BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
    await opened.put('a');
    await expect.poll(() => waits.length).toBe(1);
    await opened.client.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: 'likes' }));
    expect(readdirSync(join(folder, 'streams'))).toEqual([]);
    expect(opened.objects).toEqual([]);
  });
});

describe('a function', () => {
  it('transforms, drops and fails records', async () => {
    const events: [string, TransformationEvent][] = [];
    const opened = await fixture.openFirehose(folder, {
      clock,
      invoke: async (functionArn, given) => {
        const event = given as TransformationEvent;
        events.push([functionArn, event]);
        const results = ['Ok', 'Dropped', 'ProcessingFailed'];
        const records = event.records.map(({ recordId, data }, i) => ({
          recordId,
          result: results[i],
          data,
        }));
        return { records: records.reverse() };
      },
    });
    await opened.create({ Prefix: 'in/', ProcessingConfiguration: PROCESSING });
    await opened.put('kept', 'dropped', 'failed');
    await expect.poll(() => opened.objects.length).toBe(2);
    expect(events).toMatchObject([
      [
        FUNCTION,
        {
          invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/likes',
          region: 'us-east-1',
          records: [
            {
              recordId: expect.stringMatching(/^\d{56}$/),
              approximateArrivalTimestamp: AT,
              data: Buffer.from('kept').toString('base64'),
            },
            {},
            {},
          ],
        },
      ],
    ]);
    const [kept, failed] = opened.objects;
    expect(kept?.body.toString()).toBe('kept');
    expect(failed?.key).toMatch(/^in\/processing-failed\/2026\/02\/03\/04\/likes-1-2026-/);
    expect(
      failed?.body
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        attemptsMade: 1,
        arrivalTimestamp: AT,
        errorCode: 'Lambda.ProcessingFailedStatus',
        errorMessage: 'ProcessingFailed status set for record',
        attemptEndingTimestamp: AT,
        rawData: Buffer.from('failed').toString('base64'),
        lambdaArn: FUNCTION,
      },
    ]);
  });

  it.each<[string, (event: TransformationEvent) => unknown, number, string]>([
    ['throws', () => Promise.reject(new Error('broken')), 4, 'Lambda.FunctionError'],
    [
      'times out',
      () => Promise.reject(Object.assign(new Error('x'), { errorType: 'Sandbox.Timedout' })),
      4,
      'Lambda.FunctionTimedOut',
    ],
    [
      'is not there',
      () => Promise.reject(Object.assign(new Error('x'), { code: 'NOT_FOUND' })),
      1,
      'Lambda.ResourceNotFound',
    ],
    ['returns nothing', () => null, 1, 'Lambda.JsonProcessingException'],
    ['returns no list', () => ({ records: 'x' }), 1, 'Lambda.JsonProcessingException'],
    ['forgets a record', () => ({ records: [null, {}] }), 1, 'Lambda.MissingRecordId'],
    [
      'returns one twice',
      ({ records }) => ({ records: [...records, ...records].map((record) => ({ ...record, result: 'Ok' })) }),
      1,
      'Lambda.DuplicatedRecordId',
    ],
    [
      'returns another result',
      ({ records }) => ({ records: records.map((record) => ({ ...record, result: 'ok' })) }),
      1,
      'Lambda.JsonProcessingException',
    ],
    [
      'returns what is no base64',
      ({ records }) => ({ records: records.map(({ recordId }) => ({ recordId, result: 'Ok', data: '{}' })) }),
      1,
      'Lambda.JsonProcessingException',
    ],
  ])('that %s fails its records', async (_what, handler, attempts, code) => {
    let calls = 0;
    const opened = await fixture.openFirehose(folder, {
      clock,
      invoke: async (_arn, event) => {
        calls += 1;
        return handler(event as TransformationEvent);
      },
    });
    await opened.create({ ProcessingConfiguration: PROCESSING });
    await opened.put('a');
    await expect.poll(() => opened.objects.length).toBe(1);
    expect(calls).toBe(attempts);
    expect(opened.objects[0]?.key).toMatch(/^processing-failed\/2026\/02\/03\/04\//);
    expect(JSON.parse(opened.objects[0]?.body.toString() ?? '')).toMatchObject({
      attemptsMade: attempts,
      errorCode: code,
      rawData: 'YQ==',
    });
  });

  it('gets no more at a time than it may', async () => {
    const sizes: number[] = [];
    const opened = await fixture.openFirehose(folder, {
      invoke: async (_arn, event) => {
        const { records } = event as TransformationEvent;
        sizes.push(records.length);
        return { records: records.map((record) => ({ ...record, result: 'Ok' })) };
      },
    });
    await opened.create({
      BufferingHints: { SizeInMBs: 3, IntervalInSeconds: 60 },
      ProcessingConfiguration: PROCESSING,
    });
    const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(400_000));
    await opened.put(...texts);
    await expect.poll(() => opened.objects.length).toBe(1);
    expect(sizes).toEqual([2, 2, 2, 1]);
    expect(text(opened)).toBe(texts.slice(0, 7).join(''));
  });
});

describe('what was acknowledged before kill -9', () => {
  it('is delivered by the next process, in order', async () => {
    const before = await fixture.openFirehose(folder);
    await before.create();
    await fixture.closeAll();
    const child = await startChild(`
      import { createFirehose } from './firehose/service.ts';
      const firehose = createFirehose({ folder: ${JSON.stringify(folder)} });
      for (let i = 0; ; i++) {
        const Records = [0, 1, 2].map((n) => ({ Data: Buffer.from(i + '-' + n + ' ').toString('base64') }));
        const body = Buffer.from(JSON.stringify({ DeliveryStreamName: 'likes', Records }));
        const answer = await firehose.handle({ operation: 'PutRecordBatch', method: 'POST', path: '/', headers: {}, region: '', body });
        if (answer.status !== 200) throw new Error(answer.body);
        console.log('put ' + i);
        await new Promise((resolve) => setImmediate(resolve));
      }
    `);
    await child.line('put 50');
    await child.kill();
    const acknowledged = child.lines.filter((line) => line.startsWith('put')).length;
    const opened = await fixture.openFirehose(folder);
    const wanted = Array.from({ length: acknowledged }, (_, i) => `${i}-0 ${i}-1 ${i}-2 `).join('');
    await expect.poll(() => text(opened).length).toBeGreaterThanOrEqual(wanted.length);
    expect(text(opened).startsWith(wanted)).toBe(true);
    await opened.client.send(
      new PutRecordCommand({ DeliveryStreamName: 'likes', Record: { Data: Buffer.from('end') } }),
    );
    await expect.poll(() => text(opened).endsWith('end')).toBe(true);
  });

  it('is removed if the deletion of its delivery stream was cut short', async () => {
    mkdirSync(join(folder, 'streams', 'orphan', 'records'), { recursive: true });
    await fixture.openFirehose(folder);
    expect(readdirSync(join(folder, 'streams'))).toEqual([]);
  });

  it('is not delivered again after a clean end', async () => {
    const first = await fixture.openFirehose(folder);
    await first.create();
    await first.put('a');
    await expect.poll(() => text(first)).toBe('a');
    await fixture.closeAll();
    const second = await fixture.openFirehose(folder);
    await second.put('b');
    await expect.poll(() => text(second)).toBe('b');
  });
});
