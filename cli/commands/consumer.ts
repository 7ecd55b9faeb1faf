import type { CommandModule } from 'yargs';
import type { TargetFlags } from '../../infra/target.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { TARGET_OPTIONS } from '../options.ts';

export interface ConsumerFlags extends TargetFlags {
  readonly stream: string;
  readonly from: string;
  readonly count?: string | undefined;
  readonly output: 'pretty' | 'json';
}

/** `wildrydes consumer`: what goes through a stream, record by record. */
export const consumerCommand: CommandModule<object, ConsumerFlags> = {
  command: 'consumer',
  describe: 'what goes through a stream, record by record',
  builder: (yargs) =>
    yargs
      .options({
        stream: {
          type: 'string',
          requiresArg: true,
          default: STREAMS.readings as string,
          describe: 'the stream to read',
        },
        from: {
          type: 'string',
          requiresArg: true,
          default: 'latest',
          describe: 'latest, start, a UTC time (2026-11-21 06:30:00) or how long ago (5m)',
        },
        count: { type: 'string', requiresArg: true, describe: 'end after this many records' },
        output: {
          choices: ['pretty', 'json'] as const,
          requiresArg: true,
          default: 'pretty' as const,
          describe: 'a line per record, or NDJSON',
        },
        ...TARGET_OPTIONS,
      })
      .example('$0 consumer', 'new readings, as they come')
      .example(`$0 consumer --stream ${STREAMS.summaries} --from start`, 'every summary that is retained')
      .example(`$0 consumer --stream ${STREAMS.quarantine} --from 10m`, 'what could not be used, and why')
      .example(
        '$0 consumer --count 10 --output json --region us-west-2',
        'ten records from AWS, for a script',
      ),
  handler: async (flags) => {
    const { consume } = await import('../consume.ts');
    await consume(flags);
  },
};
