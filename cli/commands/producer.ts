import type { CommandModule } from 'yargs';
import { DEFAULT_UNICORN, STREAMS } from '../../telemetry/topology.ts';
import { TARGET_OPTIONS } from '../options.ts';
import type { ProducerFlags } from '../producer/plan.ts';

/** `wildrydes producer`, and `./producer`: simulates unicorns and sends their readings. */
export const producerCommand: CommandModule<object, ProducerFlags> = {
  command: 'producer',
  describe: 'simulate unicorns: one reading a second each, through the pipeline',
  builder: (yargs) =>
    yargs
      .usage(
        './producer [options]\n\nSimulates unicorns: one reading a second each, sent to a Kinesis stream.',
      )
      .options({
        name: {
          type: 'string',
          array: true,
          requiresArg: true,
          group: 'Who:',
          describe: `a unicorn's name; repeat it for more [default: ${DEFAULT_UNICORN}]`,
        },
        fleet: {
          type: 'string',
          requiresArg: true,
          group: 'Who:',
          describe: 'a fleet of this many generated names',
        },
        scenario: {
          type: 'string',
          requiresArg: true,
          default: 'classic',
          group: 'Who:',
          describe: 'how they behave: classic, low-magic',
        },
        seed: {
          type: 'string',
          requiresArg: true,
          group: 'Who:',
          describe: 'same seed, start and names: same readings',
        },
        count: {
          type: 'string',
          requiresArg: true,
          group: 'How long and how fast:',
          describe: 'readings per unicorn',
        },
        duration: {
          type: 'string',
          requiresArg: true,
          group: 'How long and how fast:',
          describe: 'length of the ride in simulated time: 90s, 5m',
        },
        speed: {
          type: 'string',
          requiresArg: true,
          default: '1',
          group: 'How long and how fast:',
          describe: 'simulated seconds per second',
        },
        start: {
          type: 'string',
          requiresArg: true,
          group: 'How long and how fast:',
          describe: 'time of the first reading, UTC: "2026-05-01 09:00:00" or ISO 8601',
        },
        fault: {
          type: 'string',
          requiresArg: true,
          group: 'How long and how fast:',
          describe: 'faults and their rates: late=0.01,duplicate=0.01,missing=,shuffle=,malformed=,skew=',
        },
        to: {
          type: 'string',
          requiresArg: true,
          default: 'kinesis',
          group: 'Where:',
          describe: 'kinesis, stdout, or a file for the readings alone',
        },
        stream: {
          type: 'string',
          requiresArg: true,
          default: STREAMS.readings,
          group: 'Where:',
          describe: 'Kinesis stream to send to',
        },
        ...TARGET_OPTIONS,
        join: { type: 'boolean', group: 'Where:', describe: 'insist on a local cloud that already runs' },
        data: {
          type: 'string',
          requiresArg: true,
          group: 'Where:',
          describe: 'state folder of a cloud started here',
        },
        ephemeral: { type: 'boolean', group: 'Where:', describe: 'a throwaway cloud: nothing is kept' },
        output: {
          choices: ['pretty', 'plain', 'json'] as const,
          requiresArg: true,
          group: 'What you see:',
          describe: 'live view, lines of text, or NDJSON events [default: pretty on a terminal, else plain]',
        },
      })
      .example('$0 --name Rocinante', 'one unicorn, one reading a second, the whole pipeline on this machine')
      .example(
        '$0 --name Rocinante --count 180 --speed 60',
        'three minutes in three seconds, in a throwaway cloud',
      )
      .example('$0 --scenario low-magic --speed 60 --count 600', 'watch the low-magic alert fire and recover')
      .example('$0 --fleet 100 --fault late=0.01,malformed=0.01', 'a hundred unicorns with faulty sensors')
      .example('$0 --to stdout --count 10 | head', 'only the readings, as NDJSON')
      .example('$0 --name Rocinante --region us-west-2', 'send to AWS'),
  handler: async (flags) => {
    const { produce } = await import('../producer/produce.ts');
    process.exitCode = await produce(flags);
  },
};
