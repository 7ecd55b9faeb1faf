import type { CommandModule } from 'yargs';
import { STREAMS } from '../../telemetry/topology.ts';
import type { ConsumerFlags } from '../consume.ts';
import { asTyped } from '../hints.ts';
import { oneOf, oneText, prefixOption, TARGET_OPTIONS } from '../options.ts';

const WHAT = { group: 'What:' };

/** `wildrydes consumer`, and `./consumer`: what goes through a stream, record by record. */
export const consumerCommand: CommandModule<object, ConsumerFlags> = {
  command: 'consumer',
  describe: 'what goes through a stream, record by record',
  builder: (yargs) =>
    yargs
      .usage(asTyped('./consumer [options]\n\nPrints the records of a stream as they come, until Ctrl-C.'))
      .options({
        stream: oneText(
          `the stream to read, by its whole name [default: ${STREAMS.readings}, after the prefix]`,
          WHAT,
        ),
        prefix: prefixOption(WHAT),
        from: oneText(
          'latest, start, a UTC time (2026-11-21 06:30:00) or how long ago (5m) [default: latest]',
          WHAT,
        ),
        count: oneText('end after this many records [default: no end]', WHAT),
        ...TARGET_OPTIONS,
        output: oneOf(
          '--output',
          ['pretty', 'json'],
          'pretty (a line for each) or json (NDJSON) [default: pretty]',
          {
            group: 'What you see:',
          },
        ),
      })
      .example(asTyped('./consumer'), 'new readings')
      .example(
        asTyped(`./consumer --stream ${STREAMS.summaries} --from start`),
        'every summary that is retained',
      )
      .example(
        asTyped(`./consumer --stream ${STREAMS.quarantine} --from 10m`),
        'what could not be used, and why',
      )
      .example(asTyped('./consumer --count 10 --output json --region us-west-2'), 'ten records from AWS'),
  handler: async (flags) => {
    const { consume } = await import('../consume.ts');
    await consume(flags);
  },
};
