import { type Contestant, contest, named, ratio, shown } from '../harness/contest.ts';
import { type Done, rate } from '../harness/keep-busy.ts';
import type { Row } from '../harness/row.ts';
import { RECORDS, STREAM_NAME, times } from './kinesis.ts';

const CONNECTIONS = 4;

/** PutRecords without the SDK, so that the server is what is measured. */
export const kinesisPrebuilt: Row = {
  name: 'kinesis-prebuilt',
  what: 'local Kinesis writes, prebuilt requests, no SDK',
  reach: 'at least 65% of a bare server that parses, hashes and appends without any validation',
  peers: ['bare server', 'kinesalite'],
  async run(bench) {
    const { children, quick } = bench;
    const ours = await children.cloud();
    const bare = await children.peer('bare');
    const kinesalite = await children.peer('kinesalite');
    const sdk = children.load('sdk');
    const raw = children.load('raw');
    const contestant = (who: string, { endpoint }: { endpoint: string }, shards: number): Contestant => ({
      who,
      unit: 'records/s',
      async measure(round) {
        const stream = {
          endpoint,
          http: 1,
          connections: CONNECTIONS,
          streamName: `${STREAM_NAME}-${shards}-${round}`,
        };
        if (shards > 0) await sdk.ask('createStream', { ...stream, shards });
        const done = await raw.ask<Done>('write', { ...stream, ...times(quick), ...RECORDS });
        if (shards > 0) await sdk.ask('deleteStream', stream);
        return rate(done);
      },
    });
    const figures = await contest(
      [
        contestant('ours', ours, 1),
        contestant('ours, 2 shards', ours, 2),
        contestant('bare server', bare, 0),
        contestant('kinesalite', kinesalite, 1),
      ],
      bench,
    );
    const share = ratio(named(figures, 'ours'), named(figures, 'bare server'));
    const hashing = ratio(named(figures, 'ours, 2 shards'), named(figures, 'bare server'));
    return {
      conditions: [
        `${RECORDS.keys} keys, ${RECORDS.bytes} bytes a record, 500 records a request, ${CONNECTIONS} connections, HTTP/1.1`,
        'ours writes to 1 shard, where no key needs hashing, and to 2, where each does; the bare server hashes each',
        'client and server a process each',
      ],
      figures,
      judgements: [
        { reach: '65% of a bare server', got: `${shown(share * 100)}%`, met: share >= 0.65 },
        {
          reach: '65% of it with 2 shards',
          got: `${shown(hashing * 100)}%`,
          met: hashing >= 0.65,
          extra: true,
        },
      ],
    };
  },
};
