import { hash } from 'node:crypto';

/**
 * Shard iterators and pagination tokens: opaque to clients, self-contained to us.
 *
 * A token is a list of fields with a checksum, in base64. It names the process that made it: its age is measured on
 * that process's monotonic clock, so one of an earlier process counts as expired. The checksum finds what was cut,
 * retyped or tampered with; it is not a secret, as nothing here needs one.
 */
export type TokenKind = 'iterator' | 'shards' | 'streams' | 'consumers';

export interface Token {
  readonly expired: boolean;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly fields: readonly string[];
}

export interface TokensOptions {
  /** Different for every process. */
  readonly process: string;
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Milliseconds. */
  readonly lifetime: number;
}

export class Tokens {
  readonly #options: TokensOptions;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  /** @param fields without `/` */
  issue(kind: TokenKind, ...fields: readonly (string | number)[]): string {
    const { process, now, monotonic } = this.#options;
    const content = [kind, process, monotonic(), now(), ...fields].join('/');
    return Buffer.from(`${content}/${checksum(content)}`, 'latin1').toString('base64');
  }

  /** Reads a token back, expired or not; undefined if it is none of this kind. */
  read(kind: TokenKind, token: string): Token | undefined {
    const bytes = Buffer.from(token, 'base64');
    if (bytes.toString('base64') !== token) return undefined;
    const text = bytes.toString('latin1');
    const end = text.lastIndexOf('/');
    const content = text.slice(0, Math.max(end, 0));
    if (text.slice(end + 1) !== checksum(content)) return undefined;
    const [found, process, monotonic, now, ...fields] = content.split('/');
    if (found !== kind) return undefined;
    const age = this.#options.monotonic() - Number(monotonic);
    const expired = process !== this.#options.process || age > this.#options.lifetime;
    return { expired, madeAt: Number(now), fields };
  }
}

function checksum(content: string): string {
  return hash('sha256', content).slice(0, 24);
}
