import type { CommandModule } from 'yargs';
import { SCENARIO_NAMES } from '../../simulator/scenarios/index.ts';
import { DEFAULT_UNICORN, STREAMS } from '../../telemetry/topology.ts';
import { asTyped } from '../hints.ts';
import { DATA_OPTION, oneOf, oneText, prefixOption, TARGET_OPTIONS } from '../options.ts';
import type { ProducerFlags } from '../producer/plan.ts';

const WHO = { group: 'Who:' };
const HOW = { group: 'How long and how fast:' };
const WHERE = { group: 'Where:' };
const SEEN = { group: 'What you see:' };

/** `wildrydes producer`, and `./producer`: simulates unicorns and sends their readings. */
export const producerCommand: CommandModule<object, ProducerFlags> = {
  command: 'producer',
  describe: 'simulate unicorns: one reading a second each, through the pipeline',
  builder: (yargs) =>
    yargs
      .usage(
        asTyped(
          './producer [options]\n\nSimulates unicorns: one reading a second each, sent to a Kinesis stream. A local cloud that runs is\njoined; otherwise one starts here, with the pipeline in it.',
        ),
      )
      .options({
        name: {
          type: 'string',
          array: true,
          requiresArg: true,
          ...WHO,
          describe: `a unicorn's name; repeat it for more [default: ${DEFAULT_UNICORN}]`,
        },
        fleet: oneText('that many unicorns with generated names', WHO),
        scenario: oneText(`how they behave: ${SCENARIO_NAMES.join(', ')} [default: classic]`, WHO),
        fault: oneText('faults and their rates: late, duplicate, missing, shuffle, malformed, skew', WHO),
        seed: oneText('same seed, start and names: same readings [default: a new one]', WHO),
        count: oneText('readings per unicorn [default: no end]', HOW),
        duration: oneText('length of the ride in simulated time: 90s, 5m [default: no end]', HOW),
        speed: oneText('simulated seconds per second, or max [default: 1]', HOW),
        start: oneText(
          'time of the first reading, UTC: "2026-05-01 09:00:00" or ISO 8601 [default: now, or so that a finite accelerated ride ends now]',
          HOW,
        ),
        to: oneText(
          'kinesis, or for the readings alone: stdout, or a file by its path [default: kinesis]',
          WHERE,
        ),
        stream: oneText(
          `Kinesis stream to send to, by its whole name [default: ${STREAMS.readings}, after the prefix]`,
          WHERE,
        ),
        prefix: prefixOption(WHERE),
        ...TARGET_OPTIONS,
        join: { type: 'boolean', ...WHERE, describe: 'insist on a local cloud that already runs' },
        data: DATA_OPTION,
        ephemeral: {
          type: 'boolean',
          ...WHERE,
          describe: 'a throwaway cloud; accelerated and dated rides always have one',
        },
        output: oneOf(
          '--output',
          ['pretty', 'plain', 'json'],
          'pretty (live view), plain (lines of text) or json (NDJSON events) [default: pretty on a terminal, else plain]',
          SEEN,
        ),
      })
      .example(asTyped('./producer --name Rocinante'), 'one unicorn, and the whole pipeline on this machine')
      .example(asTyped('./producer --count 180 --speed 60'), 'three minutes in three seconds')
      .example(
        asTyped('./producer --scenario low-magic --speed 60 --count 600'),
        'watch the low-magic alert fire and recover',
      )
      .example(
        asTyped('./producer --fleet 100 --fault late=0.01,malformed=0.01'),
        'a hundred unicorns with faulty sensors',
      )
      .example(asTyped('./producer --to stdout --count 10'), 'only the readings, as NDJSON')
      .example(asTyped('./producer --name Rocinante --region us-west-2'), 'send to AWS')
      .example(
        asTyped('./producer --name Rocinante --region us-west-2 --prefix alice'),
        'where others ride too',
      ),
  handler: async (flags) => {
    const { produce } = await import('../producer/produce.ts');
    process.exitCode = await produce(flags);
  },
};
