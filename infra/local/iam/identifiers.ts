import { randomBytes } from 'node:crypto';
import { LOCAL } from '../../../telemetry/topology.ts';

/** What ids begin with. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes */
export const ID_PREFIXES = { role: 'AROA', user: 'AIDA', policy: 'ANPA', temporaryKey: 'ASIA' } as const;

export type IdKind = keyof typeof ID_PREFIXES;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Characters of an id, with its prefix. */
const ID_LENGTH = 21;

/** An id that nothing else has: `AROA` and 17 letters and digits. @param length with the prefix; default 21 */
export function newId(kind: IdKind, length: number = ID_LENGTH): string {
  const prefix = ID_PREFIXES[kind];
  const letters = Array.from(randomBytes(length - prefix.length), (byte) =>
    ALPHABET.charAt(byte % ALPHABET.length),
  );
  return prefix + letters.join('');
}

/** @param path with a slash at either end */
export function arnOf(kind: 'role' | 'user' | 'policy', path: string, name: string): string {
  return `arn:aws:iam::${LOCAL.accountId}:${kind}${path}${name}`;
}
