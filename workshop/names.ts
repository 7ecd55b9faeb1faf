import { FUNCTIONS, STREAMS, TABLES, TOPICS } from '../telemetry/topology.ts';

/** What the participants of one workshop call their resources: the kit's names, each with the participant's prefix. */
export interface Names {
  /** Before each name, its dash included: `alice-`; nothing for whoever has the account alone. */
  readonly prefix: string;
  /** Streams. */
  readonly readings: string;
  readonly summaries: string;
  readonly quarantine: string;
  /** The one whose shards become too small. */
  readonly rush: string;
  /** Tables. */
  readonly table: string;
  readonly alertTable: string;
  /** The topic that operations listens to. */
  readonly topic: string;
  /** The learner's functions, and the roles that they run as. */
  readonly processor: string;
  readonly processorRole: string;
  readonly alert: string;
  readonly alertRole: string;
  /** The Flink application, its role, and the name that its bucket begins with on AWS, where account and region follow. */
  readonly application: string;
  readonly applicationRole: string;
  /** What the first Lambda by hand is made of. */
  readonly cliStream: string;
  readonly cliFunction: string;
  readonly cliRole: string;
}

/** @param prefix as `readPrefix` of telemetry/prefix.ts gives it */
export function namesWith(prefix: string): Names {
  const name = (text: string) => `${prefix}${text}`;
  return {
    prefix,
    readings: name(STREAMS.readings),
    summaries: name(STREAMS.summaries),
    quarantine: name(STREAMS.quarantine),
    rush: name('wildrydes-rush'),
    table: name(TABLES.summaries.name),
    alertTable: name(TABLES.alerts.name),
    topic: name(TOPICS.alerts),
    processor: name(FUNCTIONS.streamProcessor),
    processorRole: name(`${FUNCTIONS.streamProcessor}Role`),
    alert: name(FUNCTIONS.lowMagicAlert),
    alertRole: name(`${FUNCTIONS.lowMagicAlert}Role`),
    application: name('wildrydes-aggregation'),
    applicationRole: name('wildrydes-aggregation-role'),
    cliStream: name('lambda-cli-stream'),
    cliFunction: name('kinesisEventLogger'),
    cliRole: name('lambda-cli-role'),
  };
}
