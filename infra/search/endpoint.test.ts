import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../test/kit.ts';
import { insistOnSearch, readSearchEndpoint } from './endpoint.ts';

describe('a URL that is typed', () => {
  test.each([
    ['http://127.0.0.1:9200', 'http://127.0.0.1:9200'],
    ['http://127.0.0.1:9200/', 'http://127.0.0.1:9200'],
    ['https://Search.example/under/', 'https://search.example/under'],
    ['https://me:secret@search.example', 'https://me:secret@search.example'],
  ])('%s', (text, endpoint) => {
    expect(readSearchEndpoint(text)).toBe(endpoint);
  });

  test.each([
    '9200',
    '127.0.0.1:9200',
    'localhost:9200',
    'ftp://host',
    'http://host/?pretty',
    'http://',
    'yes',
  ])('is refused: %s', (text) => {
    expect(() => readSearchEndpoint(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(`(given ${text})`) }),
    );
  });

  test('that is wrong does not get its password shown', () => {
    expect(() => readSearchEndpoint('htp://me:secret@host')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('a cluster that is named', () => {
  test('is asked with its user and password, and may refuse', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(403).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    await insistOnSearch(`http://127.0.0.1:${port}`);
    await insistOnSearch(`http://me:p%40ss@127.0.0.1:${port}`);
    expect(asked).toEqual([undefined, `Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  });

  test('and is not there: where, and what to do', async () => {
    const port = await freePort();
    await expect(insistOnSearch(`http://me:secret@127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(
        `^no search cluster answers at http://127.0.0.1:${port}: .*ECONNREFUSED`,
      ),
    });
  });
});
