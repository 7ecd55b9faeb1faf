import type { CommandModule } from 'yargs';
import { STACK_NAMES } from '../../infra/aws/stack-names.ts';
import type { DeployFlags } from '../deploy/flags.ts';
import { ACCOUNT_OPTIONS, STACK_OPTION, YES_OPTION } from '../deploy/options.ts';
import { oneText } from '../options.ts';

const WHAT = { group: 'What:' } as const;

/** `wildrydes deploy`: the pipeline on AWS, in one command. */
export const deployCommand: CommandModule<object, DeployFlags> = {
  command: 'deploy',
  describe: 'the pipeline on AWS: shows where and what it costs, asks, deploys, and starts it',
  builder: (yargs) =>
    yargs
      .options({
        stack: {
          ...STACK_OPTION,
          describe: `${STACK_NAMES.slice(0, -1).join(', ')} or ${STACK_NAMES.at(-1)}, with what it stands on; repeat it for more [default: Streaming, Aggregation, Processing, Alerting and Observability]`,
          conflicts: 'all',
        },
        all: { type: 'boolean', ...WHAT, describe: 'every stack' },
        shards: oneText('of each stream [default: 1]', { ...WHAT, conflicts: 'on-demand' }),
        'on-demand': {
          type: 'boolean',
          ...WHAT,
          describe: 'streams that are paid by what goes through them',
        },
        'search-endpoint': oneText(
          'an OpenSearch domain that exists, by URL [default: a domain of its own]',
          WHAT,
        ),
        'search-arn': oneText("that domain's ARN, where its URL does not tell", WHAT),
        'alert-email': oneText('where alerts and alarms go: AWS asks there first [default: nowhere]', WHAT),
        ...YES_OPTION,
        'dry-run': {
          type: 'boolean',
          group: 'How:',
          describe: 'check, and tell what would be done; do nothing',
        },
        ...ACCOUNT_OPTIONS,
      })
      .example('$0 deploy --region us-west-2', 'from the sensor to the table and the alerts')
      .example(
        '$0 deploy --prefix alice --stack Processing',
        'step by step, in an account that others use too',
      )
      .example('$0 deploy --all --dry-run', 'what it would be, and cost'),
  handler: async (flags) => (await import('../deploy/commands.ts')).deployCommand(flags),
};
