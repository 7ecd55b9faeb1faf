import { type Contestant, contest, named, ratio, shown } from '../harness/contest.ts';
import { type Done, rate } from '../harness/keep-busy.ts';
import type { Row } from '../harness/row.ts';
import { RECORDS, STREAM_NAME, times } from './kinesis.ts';

const CONNECTIONS = 4;
/** Records that readers find; kinesis-mock takes seconds for each thousand. */
const STORED = { ours: 200_000, kinesalite: 200_000, mock: 5_000 } as const;

/** GetRecords through the SDK, from the oldest record to the newest. */
export const kinesisReads: Row = {
  name: 'kinesis-reads',
  what: 'local Kinesis reads, SDK client over HTTP/1.1',
  reach: 'at least 4 times kinesalite and 65% of canned answers',
  peers: ['kinesalite', 'kinesis-mock', 'canned answers'],
  async run(bench) {
    const { children, quick } = bench;
    const servers = {
      ours: await children.cloud(),
      kinesalite: await children.peer('kinesalite'),
      mock: await children.peer('kinesis-mock'),
      canned: await children.peer('canned'),
      canned2: await children.peer('canned', { HTTP: '2' }),
    };
    const load = children.load('sdk');
    const raw = children.load('raw');
    for (const [who, count] of Object.entries(STORED)) {
      const { endpoint } = servers[who as keyof typeof STORED];
      const stream = { endpoint, http: 1, connections: CONNECTIONS, streamName: STREAM_NAME };
      await load.ask('createStream', { ...stream, shards: 1 });
      const fill = { ...stream, ...RECORDS, count: quick ? Math.min(count, 50_000) : count };
      await raw.ask('fill', fill);
    }
    await raw.stop();
    const contestant = (who: string, { endpoint }: { endpoint: string }, http: 1 | 2): Contestant => ({
      who,
      unit: 'records/s',
      measure: async () =>
        rate(
          await load.ask<Done>('read', {
            endpoint,
            http,
            connections: CONNECTIONS,
            streamName: STREAM_NAME,
            ...times(quick),
          }),
        ),
    });
    const figures = await contest(
      [
        contestant('ours', servers.ours, 1),
        contestant('kinesalite', servers.kinesalite, 1),
        contestant('kinesis-mock', servers.mock, 1),
        contestant('canned answers', servers.canned, 1),
        contestant('ours, HTTP/2', servers.ours, 2),
        contestant('canned answers, HTTP/2', servers.canned2, 2),
      ],
      bench,
    );
    const ours = named(figures, 'ours');
    const toKinesalite = ratio(ours, named(figures, 'kinesalite'));
    const toCanned = ratio(ours, named(figures, 'canned answers'));
    return {
      conditions: [
        `${RECORDS.keys} keys, ${RECORDS.bytes} bytes a record, up to 10,000 records an answer, 1 shard with 200,000 records (kinesis-mock: 5,000)`,
        `${CONNECTIONS} readers, each from the oldest record to the newest and again; client and server a process each`,
      ],
      figures,
      judgements: [
        { reach: '4 times kinesalite', got: `${shown(toKinesalite)} times`, met: toKinesalite >= 4 },
        { reach: '65% of canned answers', got: `${shown(toCanned * 100)}%`, met: toCanned >= 0.65 },
      ],
    };
  },
};
