import { invalidToken } from './errors.ts';

/** What a token goes on with: a list of groups, of streams, or a search. */
export type TokenKind = 'groups' | 'streams' | 'filter';

/** Where the next page begins, opaque to clients. */
export function writeToken(kind: TokenKind, fields: readonly string[]): string {
  return Buffer.from(JSON.stringify([kind, ...fields])).toString('base64url');
}

/** @throws ServiceError InvalidParameterException for what is no token of this kind with so many fields */
export function readToken(kind: TokenKind, token: string, count: number): readonly string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw invalidToken();
  }
  if (!Array.isArray(parsed) || parsed.length !== count + 1) throw invalidToken();
  const [found, ...fields] = parsed as readonly unknown[];
  if (found !== kind || !fields.every((field) => typeof field === 'string')) throw invalidToken();
  return fields;
}
