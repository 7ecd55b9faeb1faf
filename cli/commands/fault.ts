import type { CommandModule } from 'yargs';
import { type FaultArguments, fault, kindLines } from '../fault.ts';
import { asTyped } from '../hints.ts';
import { oneText, PORT_OPTION } from '../options.ts';

const WHAT = { group: 'What:' };

/** `wildrydes fault`: makes something go wrong in the local cloud, for a time or a count. */
export const faultCommand: CommandModule<object, FaultArguments> = {
  command: 'fault [kind] [target]',
  describe: 'make something go wrong in the local cloud, for a time or a count',
  builder: (yargs) =>
    yargs
      .positional('kind', { type: 'string', describe: 'what goes wrong, or `end`; nothing: what is on' })
      .positional('target', {
        type: 'string',
        describe: 'the stream, operation, function, table or topic that it happens to; after `end`, a number',
      })
      .options({
        for: oneText('how long it lasts, such as 30s or 5m [default: 60s, unless --count is given]', WHAT),
        count: oneText('how many times it happens at most', WHAT),
        share: oneText('how much of what could fail does, such as 0.2 [default: 1]', WHAT),
        shard: oneText('the only shard, such as shardId-000000000001 or 1 [default: all]', WHAT),
        delay: oneText('how late answers are, such as 500ms [default: 1s]', WHAT),
        port: PORT_OPTION,
        json: { type: 'boolean', group: 'What you see:', describe: 'JSON instead of words' },
      })
      .example('$0 fault throttle-shard wildrydes --for 30s', 'a stream without throughput')
      .example('$0 fault leave-unprocessed UnicornSensorData --share 0.5', 'half of the items are left')
      .example('$0 fault fail-function WildRydesStreamProcessor --count 3', 'three failed invocations')
      .example('$0 fault end', 'all of them')
      .epilogue(asTyped(kindLines().join('\n'))),
  handler: (flags) => fault(flags),
};
