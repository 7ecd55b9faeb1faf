import { Server } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../harness/children.ts';
import { serving } from '../harness/tasks.ts';

// kinesis-mock as npm has it (kinesis-local), with streams that are there at once. It listens on every address of the
// machine; here it is held to the loopback.

const listen = Server.prototype.listen as (...given: unknown[]) => Server;
Server.prototype.listen = function (this: Server, ...given: unknown[]) {
  const [first] = given;
  if (typeof first === 'number') return listen.call(this, { port: first, host: '127.0.0.1' }, given.at(-1));
  return listen.call(this, { ...(first as object), host: '127.0.0.1' }, ...given.slice(1));
} as typeof Server.prototype.listen;

const port = await freePort();
const tlsPort = await freePort();
Object.assign(process.env, {
  KINESIS_MOCK_PLAIN_PORT: String(port),
  KINESIS_MOCK_TLS_PORT: String(tlsPort),
  CREATE_STREAM_DURATION: '0ms',
  DELETE_STREAM_DURATION: '0ms',
  LOG_LEVEL: 'ERROR',
});
// It looks for its files in the current folder.
process.chdir(dirname(fileURLToPath(import.meta.resolve('kinesis-local/main.js'))));
await import('kinesis-local/main.js');

for (;;) {
  const up = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).then(
    () => true,
    () => false,
  );
  if (up) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
serving(port);
