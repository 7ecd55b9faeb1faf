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

declare module '@faker-js/faker' {
  export const faker: {
    seed(seed: number): number;
    readonly helpers: { fake(template: string): string };
  };
}
