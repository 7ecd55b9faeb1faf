import { residentBytes, type Server } from '../harness/children.ts';
import { type Contestant, contest, median, named, shown } from '../harness/contest.ts';
import type { Row } from '../harness/row.ts';
import { RECORDS, STREAM_NAME } from './kinesis.ts';

const MOST = 250;
const MILLION = 1_000_000;

/** How much of the machine a backlog takes while it waits. */
export const kinesisMemory: Row = {
  name: 'kinesis-memory',
  what: 'memory of the server process with a million 200-byte records stored',
  reach: `under ${MOST} MB`,
  peers: ['kinesalite'],
  async run(bench) {
    const { children, quick } = bench;
    const count = quick ? 200_000 : MILLION;
    const contestant = (who: string, start: () => Promise<Server>): Contestant => ({
      who,
      unit: 'MB',
      also: [{ who: `${who}, at its peak`, unit: 'MB' }],
      async measure() {
        const server = await start();
        const sdk = children.load('sdk');
        const raw = children.load('raw');
        const stream = { endpoint: server.endpoint, http: 1, connections: 4, streamName: STREAM_NAME };
        await sdk.ask('createStream', { ...stream, shards: 1 });
        await raw.ask('fill', { ...stream, ...RECORDS, count }, 300_000);
        const { now, peak } = residentBytes(server.pid);
        await Promise.all([server.stop(), sdk.stop(), raw.stop()]);
        return [now / 1e6, peak / 1e6];
      },
    });
    const figures = await contest(
      [
        contestant('ours', () => children.cloud()),
        { ...contestant('kinesalite', () => children.peer('kinesalite')), once: true },
      ],
      bench,
    );
    const stored = median(named(figures, 'ours').samples);
    const peak = median(named(figures, 'ours, at its peak').samples);
    return {
      conditions: [
        `${shown(count)} records of ${RECORDS.bytes} bytes in 1 shard, ${RECORDS.keys} keys, written at full speed over 4 connections; resident set right after the last one`,
        'ours is the whole local cloud with its other services, a new process each round; kinesalite is measured once',
      ],
      figures,
      judgements: [
        { reach: `under ${MOST} MB`, got: `${shown(stored)} MB`, met: stored < MOST },
        {
          reach: `under ${MOST} MB at the peak of writing`,
          got: `${shown(peak)} MB`,
          met: peak < MOST,
          extra: true,
        },
      ],
    };
  },
};
