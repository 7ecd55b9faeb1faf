import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { TEMPLATES } from '../../processor/search/templates.ts';
import { startSearchDouble } from '../../processor/search/testing/double.ts';
import { freePort } from '../../test/kit.ts';
import { prepareSearch } from './resources.ts';

test('a cluster knows the templates afterwards, however often it is told', async () => {
  const search = await startSearchDouble();
  onTestFinished(() => search.close());
  await prepareSearch(search.endpoint);
  await prepareSearch(search.endpoint);
  expect([...search.store.templates.keys()]).toEqual(TEMPLATES.map(({ name }) => name));
  expect(search.requests.map(({ line }) => line)).toHaveLength(2 * TEMPLATES.length);
});

test('one that refuses is told, with its reason and without its password', async () => {
  const server = createServer((_, response) => {
    const error = { type: 'security_exception', reason: 'no permissions' };
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  await expect(prepareSearch(`http://me:secret@127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: `the search cluster at http://me:***@127.0.0.1:${port} does not take index templates: status 403: security_exception: no permissions`,
  });
});
