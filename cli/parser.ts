import yargs, { type Argv } from 'yargs';
import { WildRydesError } from '../telemetry/errors.ts';
import { aggregationCommand } from './commands/aggregation.ts';
import { backfillCommand } from './commands/backfill.ts';
import { consumerCommand } from './commands/consumer.ts';
import { costCommand } from './commands/cost.ts';
import { deployCommand } from './commands/deploy.ts';
import { destroyCommand } from './commands/destroy.ts';
import { faultCommand } from './commands/fault.ts';
import { outputsCommand } from './commands/outputs.ts';
import { producerCommand } from './commands/producer.ts';
import { queryCommand } from './commands/query.ts';
import { resetCommand } from './commands/reset.ts';
import { shellCommand } from './commands/shell.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';
import { workshopCommand } from './commands/workshop.ts';
import { asTyped } from './hints.ts';

/**
 * Parses the arguments after `wildrydes` and runs the command they name; without one, shows what there is.
 *
 * @param columns width of the help, in terminal columns
 * @param before called with what was understood before the command runs; what it throws is thrown, and nothing is run
 * @throws WildRydesError USAGE for an unknown command or option, or a value out of range
 */
export async function parse(
  argv: readonly string[],
  columns: number,
  before: (flags: object) => void = () => {},
): Promise<void> {
  const parser = yargs(argv.length === 0 ? ['--help'] : [...argv]) as Parser;
  await parser
    // Types say less than the descriptions do.
    .usageConfiguration({ 'hide-types': true })
    .scriptName(asTyped('./wildrydes'))
    .usage('$0 <command>\n\nUnicorn telemetry through Kinesis, Lambda and DynamoDB, whole on this machine.')
    .command(producerCommand)
    .command(consumerCommand)
    .command(workshopCommand)
    .command(startCommand)
    .command(statusCommand)
    .command(aggregationCommand)
    .command(queryCommand)
    .command(backfillCommand)
    .command(shellCommand)
    .command(faultCommand)
    .command(stopCommand)
    .command(resetCommand)
    .command(costCommand)
    .command(deployCommand)
    .command(outputsCommand)
    .command(destroyCommand)
    .demandCommand(1, 'Name a command.')
    .strict()
    .strictCommands()
    .parserConfiguration({
      'parse-numbers': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
    })
    .middleware((flags) => before(flags))
    .wrap(columns)
    .epilogue(
      asTyped('Start here: ./producer --name Rocinante\nEach command has its own: ./wildrydes start --help'),
    )
    // What the kit says is in English; the parser would follow the locale.
    .locale('en')
    .updateStrings(WORDS as Record<string, string>)
    .version()
    .help()
    .alias('h', 'help')
    .group(['help', 'version'], 'Help:')
    .fail((message, error) => {
      // The parser's own complaints are about usage; whatever else comes here was thrown by a command.
      if (error && error.name !== 'YError') throw error;
      throw new WildRydesError('USAGE', message || error.message, {
        next: 'Add --help to see what is possible.',
      });
    })
    .parseAsync();
}

/** What the parser can and its types do not tell: https://github.com/yargs/yargs/blob/main/docs/api.md#usageConfiguration */
interface Parser extends Argv {
  usageConfiguration(configuration: { readonly 'hide-types': boolean }): Parser;
}

/** The parser's complaints in the words of the kit's own; a list has the wording for one and for several. */
const WORDS: Record<string, string | { readonly one: string; readonly other: string }> = {
  'Unknown argument: %s': { one: 'there is no option --%s here', other: 'there are no such options: %s' },
  'Unknown command: %s': { one: 'there is no command %s', other: 'there are no such commands: %s' },
  'Not enough arguments following: %s': '--%s must be followed by a value',
  'Missing required argument: %s': { one: 'an option is missing: --%s', other: 'options are missing: %s' },
  'Arguments %s and %s are mutually exclusive': '--%s and --%s exclude each other',
};
