import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { linesTable } from '../../infra/archive/athena-tables.ts';
import { archive, readingOf } from '../../infra/archive/fixture.ts';
import { startCloud } from '../../infra/local/cloud.ts';
import { atLocalPort, clientConfig, LOCAL_CREDENTIALS } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { type AnswerPage, ndjson } from './answer.ts';
import { askAthena, prepareAthena } from './athena.ts';
import { answersOf, askOnAws, boundsOf, findBucket } from './on-aws.ts';

type Body = Record<string, unknown>;
type Answer = { readonly body: Body; readonly error?: string } | undefined;

/**
 * A double of Athena: its JSON protocol, answered by the test; undefined leaves the request waiting. There is no Athena
 * to be had here.
 */
async function athena(answer: (operation: string, body: Body, nth: number) => Answer) {
  const calls: { readonly operation: string; readonly body: Body }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
      const body = JSON.parse(text) as Body;
      const nth = calls.filter((call) => call.operation === operation).length;
      calls.push({ operation, body });
      const given = answer(operation, body, nth);
      if (given === undefined) return;
      response.writeHead(given.error === undefined ? 200 : 400, {
        'content-type': 'application/x-amz-json-1.1',
      });
      response.end(
        JSON.stringify(given.error === undefined ? given.body : { __type: given.error, ...given.body }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new AthenaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  const options = {
    client,
    answersTo: { output: 's3://b/athena-results/' },
    patience: { first: 1, longest: 2 },
  };
  return { calls, options, of: (operation: string) => calls.filter((call) => call.operation === operation) };
}

const execution = (State: string, more: Body = {}) => ({
  body: { QueryExecution: { QueryExecutionId: 'q', StatementType: 'DML', Status: { State, ...more } } },
});
const started = { body: { QueryExecutionId: 'q' } };
const row = (...cells: (string | null)[]) => ({
  Data: cells.map((cell) => (cell === null ? {} : { VarCharValue: cell })),
});
const never = new AbortController().signal;

async function linesOf(pages: AsyncGenerator<AnswerPage>): Promise<string[]> {
  const lines: string[] = [];
  for await (const page of pages) lines.push(...ndjson(page));
  return lines;
}

test('a question: values in quotes, patience, then every page, without the row of headings', async () => {
  const ColumnInfo = ['varchar', 'bigint', 'decimal', 'boolean', 'array'].map((Type, at) => ({
    Name: 'abcde'[at],
    Type,
  }));
  const ResultSetMetadata = { ColumnInfo };
  const { of, options } = await athena((operation, body, nth) => {
    if (operation === 'StartQueryExecution') return started;
    if (operation === 'GetQueryExecution')
      return execution(['QUEUED', 'RUNNING', 'SUCCEEDED'][nth] ?? 'FAILED');
    const isFirst = body.NextToken === undefined;
    const Rows = isFirst
      ? [row('a', 'b', 'c', 'd', 'e'), row('x', '9007199254740993', '1.10', 'true', '[1, 2]')]
      : [row('a', 'b', null, 'false', null)];
    return { body: { ResultSet: { Rows, ResultSetMetadata }, ...(isFirst ? { NextToken: 'more' } : {}) } };
  });
  const question = { sql: 'SELECT ?, ?', values: ["O'Neill", '2026-05-01 09:00:00.000'] };
  expect(await linesOf(askAthena(options, question, 'wildrydes', never))).toEqual([
    '{"a":"x","b":9007199254740993,"c":1.10,"d":true,"e":"[1, 2]"}',
    '{"a":"a","b":"b","c":null,"d":false,"e":null}',
  ]);
  expect(of('StartQueryExecution')).toMatchObject([
    {
      body: {
        QueryString: 'SELECT ?, ?',
        ExecutionParameters: ["'O''Neill'", "'2026-05-01 09:00:00.000'"],
        QueryExecutionContext: { Database: 'wildrydes' },
        ResultConfiguration: { OutputLocation: 's3://b/athena-results/' },
      },
    },
  ]);
  expect(of('GetQueryExecution')).toHaveLength(3);
});

describe('a question that is not answered', () => {
  test.each([
    [
      { AthenaError: { ErrorCategory: 2 }, StateChangeReason: "COLUMN_NOT_FOUND: line 2:8: 'x'" },
      'USAGE',
      /COLUMN_NOT_FOUND/,
    ],
    [{ AthenaError: { ErrorCategory: 1 }, StateChangeReason: 'no\u001bway' }, 'UNREACHABLE', /no\\u001bway/],
  ])('failed: %j', async (status, code, message) => {
    const { options } = await athena((operation) =>
      operation === 'StartQueryExecution' ? started : execution('FAILED', status),
    );
    const asking = linesOf(askAthena(options, { sql: 'SELECT x', values: [] }, 'd', never));
    await expect(asking).rejects.toMatchObject({ code });
    await expect(asking).rejects.toThrow(message);
  });

  test('cancelled by the limit of its workgroup: said so, and what to do', async () => {
    const { of, options } = await athena((operation) =>
      operation === 'StartQueryExecution'
        ? started
        : execution('CANCELLED', { StateChangeReason: 'Bytes scanned limit was exceeded' }),
    );
    const inGroup = { ...options, answersTo: { workGroup: 'alice-wildrydes' } };
    await expect(
      linesOf(askAthena(inGroup, { sql: 'SELECT x', values: [] }, 'd', never)),
    ).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'Athena gave up the query: Bytes scanned limit was exceeded',
      next: expect.stringMatching(/10 GB.*--since and --until/),
    });
    const [{ body } = { body: {} as Body }] = of('StartQueryExecution');
    expect(body.WorkGroup).toBe('alice-wildrydes');
    // The workgroup says where answers go.
    expect(body).not.toHaveProperty('ResultConfiguration');
  });

  test('refused at once', async () => {
    const { options } = await athena(() => ({
      error: 'InvalidRequestException',
      body: { Message: 'mismatched input' },
    }));
    await expect(
      linesOf(askAthena(options, { sql: 'SELECT', values: [] }, 'd', never)),
    ).rejects.toMatchObject({
      code: 'USAGE',
      message: 'Athena does not take this query: mismatched input',
    });
  });

  test('given up here: stopped there too', async () => {
    const controller = new AbortController();
    const { of, options } = await athena((operation, _, nth) => {
      if (operation === 'StartQueryExecution') return started;
      if (operation === 'StopQueryExecution') return { body: {} };
      if (nth === 2) controller.abort();
      return execution('RUNNING');
    });
    await expect(
      linesOf(askAthena(options, { sql: 'SELECT 1', values: [] }, 'd', controller.signal)),
    ).rejects.toThrow(/abort/i);
    expect(of('StopQueryExecution')).toMatchObject([{ body: { QueryExecutionId: 'q' } }]);
  });
});

describe('database and table', () => {
  test('are made when they are not there', async () => {
    const { of, options } = await athena((operation) => {
      if (operation === 'GetTableMetadata') return { error: 'MetadataException', body: { Message: 'no' } };
      return operation === 'StartQueryExecution' ? started : execution('SUCCEEDED');
    });
    await prepareAthena(options, 'a-bucket', never);
    expect(of('StartQueryExecution').map(({ body }) => String(body.QueryString).split('(')[0])).toEqual([
      'CREATE DATABASE IF NOT EXISTS wildrydes_others',
      `CREATE EXTERNAL TABLE IF NOT EXISTS wildrydes_others.${linesTable('a-bucket')} `,
    ]);
  });

  test('and only then', async () => {
    const { calls, options } = await athena(() => ({ body: { TableMetadata: { Name: 'x' } } }));
    await prepareAthena(options, 'a-bucket', never);
    expect(calls).toHaveLength(1);
  });
});

describe('answers go', () => {
  const bucket = 'alice-wildrydes-archive-000000000000-eu-west-1';

  test('where the workgroup of the deployment says', async () => {
    const { of, options } = await athena(() => ({ body: { WorkGroup: { Name: 'alice-wildrydes' } } }));
    expect(await answersOf(options.client, bucket, never)).toEqual({ workGroup: 'alice-wildrydes' });
    expect(of('GetWorkGroup')).toMatchObject([{ body: { WorkGroup: 'alice-wildrydes' } }]);
  });

  test('into the bucket when it has none', async () => {
    const { options } = await athena(() => ({
      error: 'InvalidRequestException',
      body: { Message: 'WorkGroup alice-wildrydes is not found.' },
    }));
    expect(await answersOf(options.client, bucket, never)).toEqual({
      output: `s3://${bucket}/athena-results/`,
    });
  });

  test('into the bucket, unasked, when it is no deployment’s', async () => {
    const { calls, options } = await athena(() => undefined);
    expect(await answersOf(options.client, 'a-bucket', never)).toEqual({
      output: 's3://a-bucket/athena-results/',
    });
    expect(calls).toEqual([]);
  });

  test('nowhere when nobody may look: that is an error', async () => {
    const { options } = await athena(() => ({ error: 'AccessDeniedException', body: { Message: 'no' } }));
    await expect(answersOf(options.client, bucket, never)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

test('on AWS: the bucket of the region, its hours from the first that has an object, and its table', async () => {
  const cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  const s3 = new S3Client({ ...clientConfig(atLocalPort(cloud.port, undefined)), forcePathStyle: true });
  onTestFinished(async () => {
    s3.destroy();
    await cloud.close();
  });
  const bucket = 'wildrydes-archive-000000000000-eu-west-1';
  const alices = `alice-${bucket}`;
  for (const Bucket of ['wildrydes-archive', 'wildrydes-archive-000000000000-us-east-1', bucket, alices]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  expect(await findBucket(s3, 'eu-west-1', '', never)).toBe(bucket);
  expect(await findBucket(s3, 'eu-west-1', 'alice-', never)).toBe(alices);
  expect(await findBucket(s3, 'eu-west-1', 'bob-', never)).toBeUndefined();
  expect(await findBucket(s3, 'us-west-2', '', never)).toBeUndefined();

  const [eight, nine, noon] = ['08', '09', '12'].map((hour) => Date.parse(`2026-05-01T${hour}:00:00Z`));
  const everything = { since: undefined, until: undefined };
  expect(await boundsOf(s3, bucket, everything, noon!, never)).toBeUndefined();
  await archive(s3, '2026-05-01T09:00:00Z', 'one', [readingOf()], bucket);
  expect(await boundsOf(s3, bucket, everything, noon! + 1, never)).toEqual({ first: nine, last: noon });
  const span = { since: eight! - 1, until: eight! + 1 };
  expect(await boundsOf(s3, bucket, span, noon!, never)).toEqual({ first: nine, last: nine });

  const { of, options } = await athena((operation) => {
    if (operation === 'GetTableMetadata') return { body: { TableMetadata: { Name: 'x' } } };
    if (operation === 'StartQueryExecution') return started;
    if (operation === 'GetQueryExecution') return execution('SUCCEEDED');
    return { body: { ResultSet: { Rows: [row('n')], ResultSetMetadata: { ColumnInfo: [] } } } };
  });
  const question = { sql: 'SELECT COUNT(*) FROM readings WHERE Name = ?', values: ['A'] };
  await linesOf(askOnAws(options, bucket, question, { first: nine!, last: noon! }, span, never));
  const [{ body } = { body: {} as Body }] = of('StartQueryExecution');
  expect(body.QueryString).toMatch(
    /^WITH readings AS \(.*\.lines_of_wildrydes_archive_000000000000_eu_west_1 WHERE .*arrived_hour BETWEEN 9 AND 12.*\)\nSELECT COUNT/,
  );
  expect(body.ExecutionParameters).toEqual(["'2026-05-01 07:59:59.999'", "'2026-05-01 08:00:00.001'", "'A'"]);
});
