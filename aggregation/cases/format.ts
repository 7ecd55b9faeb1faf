import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tally } from '../../telemetry/balance.ts';
import type { Summary } from '../../telemetry/summary.ts';

/** What an engine is given: see README.md. */
export type CaseEvent =
  | { readonly event: 'start'; readonly shard: string; readonly parents: readonly string[] }
  | {
      readonly event: 'record';
      readonly shard: string;
      readonly key: string;
      readonly arrival: string;
      readonly text?: string;
      readonly base64?: string;
    }
  | { readonly event: 'silence'; readonly shard: string; readonly milliseconds: number }
  | { readonly event: 'finish'; readonly shard: string };

/** A case, as its file says it. */
export interface Case {
  readonly title: string;
  readonly rule: string;
  readonly events: readonly CaseEvent[];
  readonly expect: {
    readonly summaries: readonly Summary[];
    readonly quarantine: readonly {
      readonly event: number;
      readonly category: 'invalid' | 'future';
      readonly mentions?: string;
    }[];
    readonly tallies: { readonly total: Tally } & Readonly<Record<string, Tally>>;
    readonly watermark: string | null;
    readonly openWindows: number | null;
  };
}

/** The cases of this folder, by file, in the order of their numbers. */
export function readCases(): readonly (readonly [file: string, one: Case])[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map(
      (file) => [file, JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Case] as const,
    );
}

/** The content of a record. */
export function bytesOf({ text, base64 }: { readonly text?: string; readonly base64?: string }): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
}
