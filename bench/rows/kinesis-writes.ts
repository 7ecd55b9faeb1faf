import { type Contestant, contest, named, ratio, shown } from '../harness/contest.ts';
import { type Done, rate } from '../harness/keep-busy.ts';
import type { Row } from '../harness/row.ts';
import { RECORDS, STREAM_NAME, times } from './kinesis.ts';

const CONNECTIONS = 4;

/** PutRecords through the SDK: the client is most of the work, so a canned answer shows what it leaves to a server. */
export const kinesisWrites: Row = {
  name: 'kinesis-writes',
  what: 'local Kinesis writes, SDK client over HTTP/1.1, 500 records a request, records prepared',
  reach: 'at least 9 times kinesalite and 65% of a canned-answer server',
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
    const contestant = (who: string, server: { endpoint: string }, http: 1 | 2): Contestant => ({
      who,
      unit: 'records/s',
      async measure(round) {
        const sdk = { endpoint: server.endpoint, http, connections: CONNECTIONS };
        const streamName = `${STREAM_NAME}-${http}-${round}`;
        const canned = who.startsWith('canned');
        if (!canned) await load.ask('createStream', { ...sdk, streamName, shards: 1 });
        const { warmUp, milliseconds } = times(quick);
        const done = await load.ask<Done>('write', { ...sdk, streamName, warmUp, milliseconds, ...RECORDS });
        if (!canned) await load.ask('deleteStream', { ...sdk, streamName });
        return rate(done);
      },
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
        `${RECORDS.keys} keys, ${RECORDS.bytes} bytes a record, 500 records a request, 1 shard`,
        `${CONNECTIONS} connections over HTTP/1.1; over HTTP/2 the SDK's one session, ${CONNECTIONS} requests at once`,
        'client and server a process each',
      ],
      figures,
      judgements: [
        { reach: '9 times kinesalite', got: `${shown(toKinesalite)} times`, met: toKinesalite >= 9 },
        { reach: '65% of canned answers', got: `${shown(toCanned * 100)}%`, met: toCanned >= 0.65 },
      ],
    };
  },
};
