import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { devNull } from 'node:os';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { builtFile } from '../../infra/project.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';

const MB = 1024 * 1024;

/** What the function's process may take in all, the runtime and the SDK included. */
const MOST_MEMORY = 240 * MB;

/** How often a piece of about a megabyte stands in the file. */
const TIMES = 400;

/** Lines of about a kilobyte: what is not loaded of them makes the file long and the test short. */
const LINES = 1_000;
const PIECE = Buffer.from(
  Array.from({ length: LINES }, (_, n) =>
    encodeReading({
      Name: `unicorn ${n}`,
      StatusTime: formatStatusTime(Date.UTC(2026, 0, 1, 0, 0, n, 1)),
      Latitude: 40,
      Longitude: -73,
      Distance: 30,
      MagicPoints: n,
      HealthPoints: 150,
    }).replace('}\n', `,"Padding":"${'.'.repeat(900)}"}\n`),
  ).join(''),
);

async function open(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What runs in the function's process: an invocation as Lambda makes it, and what it took. */
const INVOKE = `
  const { handler } = await import(process.argv[1]);
  const s3 = { bucket: { name: 'uploads' }, object: { key: 'large.ndjson' } };
  const ends = Date.now() + 600_000;
  await handler({ Records: [{ s3 }] }, { getRemainingTimeInMillis: () => ends - Date.now() });
  process.stdout.write('\\n' + process.resourceUsage().maxRSS + '\\n');
  process.exit(0);
`;

it.each([
  ['plain', PIECE],
  ['gzip', gzipSync(PIECE)],
])('a file of more than 400 MB takes no more memory than a small one: %s', async (_, piece) => {
  let items = 0;
  const table = await open(async (request, response) => {
    items += (await text(request)).split('"PutRequest"').length - 1;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end('{}');
  });
  const bucket = await open((_request, response) => {
    response.writeHead(200, { etag: '"e1"', 'content-length': TIMES * piece.length });
    Readable.from(Array(TIMES).fill(piece)).pipe(response);
  });
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', INVOKE, pathToFileURL(builtFile('processor/files/handler')).href],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        NODE_OPTIONS: '--max-old-space-size=64',
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        AWS_ACCESS_KEY_ID: 'dummy',
        AWS_SECRET_ACCESS_KEY: 'dummy',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_S3: bucket,
        AWS_ENDPOINT_URL_DYNAMODB: table,
        TABLE_NAME: 'table',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const memory = 1024 * Number(output.trimEnd().split('\n').at(-1));
  expect(TIMES * PIECE.length).toBeGreaterThan(400 * MB);
  expect(items).toBe(TIMES * LINES);
  expect(memory).toBeGreaterThan(0);
  expect(memory).toBeLessThan(MOST_MEMORY);
});
