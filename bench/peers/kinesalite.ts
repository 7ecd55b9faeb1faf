import type { AddressInfo } from 'node:net';
import kinesalite from 'kinesalite';
import { serving } from '../harness/tasks.ts';

// kinesalite in memory, which is its default and its fastest, with streams that are there at once.

const server = kinesalite({ ssl: false, createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0 });
server.listen(0, '127.0.0.1', () => serving((server.address() as AddressInfo).port));
