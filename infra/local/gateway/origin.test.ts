import { describe, expect, it } from 'vitest';
import { whyRefused } from './origin.ts';

describe('whyRefused', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:4566',
    'localhost',
    'LocalHost:80',
    'my.bucket.localhost:4566',
    '[::1]',
    '[::1]:4566',
  ])('welcomes host %s', (host) => {
    expect(whyRefused(host, {})).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:4566',
    '127.0.0.1.evil.example',
    'evil.example#127.0.0.1',
    '127.0.0.1@evil.example',
    'localhost.evil.example',
    'evil.example.localhost.evil.example',
    'evillocalhost',
    '.localhost',
    'a_b.localhost/evil.example',
    '192.168.1.2:4566',
    '127.0.0.1:4566, evil.example',
    '::1',
  ])('refuses host %s', (host) => {
    expect(whyRefused(host, {})).toMatch(/^Host must be/);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:3000', 'http://[::1]:4566'])(
    'welcomes pages from %s, whatever the browser calls the relation of the names',
    (origin) => {
      expect(whyRefused('127.0.0.1:4566', { origin, 'sec-fetch-site': 'cross-site' })).toBeUndefined();
    },
  );

  it.each(['https://evil.example', 'null', '', 'http://127.0.0.1.evil.example', 'file://'])(
    'refuses pages from origin %j',
    (origin) => {
      expect(whyRefused('127.0.0.1:4566', { origin })).toMatch(/^Origin/);
    },
  );

  it('refuses what another site fetches without naming its origin', () => {
    expect(whyRefused('127.0.0.1:4566', { 'sec-fetch-site': 'cross-site' })).toMatch(/other sites/);
    expect(whyRefused('127.0.0.1:4566', { 'sec-fetch-site': 'none' })).toBeUndefined();
    expect(whyRefused('127.0.0.1:4566', { 'sec-fetch-site': 'same-origin' })).toBeUndefined();
  });

  it('does not echo control characters or a long host', () => {
    const refusal = whyRefused(`\u001b[31m${'x'.repeat(10_000)}`, {});
    expect(refusal).toMatch(/^[\x20-\x7e]{1,130}$/);
  });

  it.each(['192.168.1.5', '192.168.1.5:4566', '10.0.0.1:80', '[fe80::1]:4566', 'localhost:4566'])(
    'welcomes host %s where the port is open to other machines',
    (host) => {
      expect(whyRefused(host, {}, true)).toBeUndefined();
    },
  );

  it.each(['evil.example:4566', '192.168.1.5.evil.example', '[evil]:80', '1.2.3', undefined])(
    'refuses host %s there too: a page can choose a name',
    (host) => {
      expect(whyRefused(host, {}, true)).toMatch(/or an address/);
    },
  );
});
