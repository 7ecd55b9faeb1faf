import yargs from 'yargs';
import { WildRydesError } from '../telemetry/errors.ts';
import { consumerCommand } from './commands/consumer.ts';
import { producerCommand } from './commands/producer.ts';
import { queryCommand } from './commands/query.ts';
import { resetCommand } from './commands/reset.ts';
import { shellCommand } from './commands/shell.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { stopCommand } from './commands/stop.ts';

/**
 * Parses the arguments after `wildrydes` and runs the command they name.
 *
 * @throws WildRydesError USAGE for an unknown command or option, or a value out of range
 */
export async function parse(argv: readonly string[]): Promise<void> {
  await yargs([...argv])
    .scriptName('wildrydes')
    .usage('$0 <command>\n\nUnicorn telemetry through Kinesis, Lambda and DynamoDB, whole on this machine.')
    .command(producerCommand)
    .command(consumerCommand)
    .command(startCommand)
    .command(statusCommand)
    .command(queryCommand)
    .command(shellCommand)
    .command(stopCommand)
    .command(resetCommand)
    .demandCommand(1, 'Name a command.')
    .strict()
    .parserConfiguration({
      'parse-numbers': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
    })
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue('Start here: ./producer --name Rocinante')
    .version()
    .help()
    .alias('h', 'help')
    .fail((message, error) => {
      // The parser's own complaints are about usage; whatever else comes here was thrown by a command.
      if (error && error.name !== 'YError') throw error;
      throw new WildRydesError('USAGE', message || error.message, {
        next: `Add --help to see what is possible.`,
      });
    })
    .parseAsync();
}
