// What is used of the peers, so that the sources can be checked where they are not installed.

declare module 'kinesalite' {
  import type { Server } from 'node:http';
  export default function kinesalite(options: {
    readonly ssl: boolean;
    readonly createStreamMs: number;
    readonly deleteStreamMs: number;
    readonly updateStreamMs: number;
  }): Server;
}

declare module 'kinesis-local/main.js';

declare module '@duckdb/node-api' {
  export class DuckDBInstance {
    static create(path: string, options: Record<string, string>): Promise<DuckDBInstance>;
    connect(): Promise<DuckDBConnection>;
  }
  export interface DuckDBConnection {
    run(sql: string): Promise<unknown>;
    runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
  }
}

declare module '@faker-js/faker' {
  export const faker: {
    seed(seed: number): number;
    readonly helpers: { fake(template: string): string };
  };
}
