import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tokens } from './tokens.ts';

function tokens(process = 'p1') {
  const state = { now: 1000, monotonic: 50 };
  const issuer = new Tokens({
    process,
    now: () => state.now,
    monotonic: () => state.monotonic,
    lifetime: 300_000,
  });
  return { state, issuer };
}

test('carries its fields and expires after its lifetime, whatever the clock says', () => {
  const { state, issuer } = tokens();
  const token = issuer.issue('iterator', 'wildrydes', 17, '');
  state.now = -5;
  state.monotonic += 300_000;
  expect(issuer.read('iterator', token)).toEqual({
    expired: false,
    madeAt: 1000,
    fields: ['wildrydes', '17', ''],
  });
  state.monotonic += 1;
  expect(issuer.read('iterator', token)?.expired).toBe(true);
});

test('of another process has expired', () => {
  expect(tokens('p2').issuer.read('iterator', tokens('p1').issuer.issue('iterator', 'a'))?.expired).toBe(
    true,
  );
});

test('of another kind is none', () => {
  const { issuer } = tokens();
  expect(issuer.read('shards', issuer.issue('iterator', 'a'))).toBeUndefined();
});

test('is none once any character of it was changed, added or removed', () => {
  const { issuer } = tokens();
  const token = issuer.issue('iterator', 'wildrydes', 1_777_636_800_000, 'shardId-000000000000', 42);
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ ';
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...characters), fc.nat(2), (at, other, how) => {
      const tampered = token.slice(0, at) + (how === 2 ? '' : other) + token.slice(how === 1 ? at : at + 1);
      fc.pre(tampered !== token);
      expect(issuer.read('iterator', tampered)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  for (const other of ['', 'AAAA', '/', Buffer.from('iterator/p1/50/1000/x').toString('base64')]) {
    expect(issuer.read('iterator', other)).toBeUndefined();
  }
});
