import type { ChalkInstance } from 'chalk';
import { FUNCTIONS, STREAMS, TABLES } from '../../telemetry/topology.ts';
import { asTyped, portFlag } from '../hints.ts';
import { pad } from '../terminal.ts';

/** The cloud that a start is about. */
export interface StartedCloud {
  readonly port: number;
  /** Another address that it listens on. */
  readonly host: string | undefined;
  /** State folder; null: nothing is kept. */
  readonly data: string | null;
  readonly empty: boolean;
  /** True: shards are limited as on AWS. */
  readonly enforceLimits: boolean;
  /** Path of the log's file. */
  readonly log: string | undefined;
}

/**
 * What is told when the local cloud runs: where, what is in it, and how to use it.
 *
 * @param ending how to end it
 */
export function greeting(
  cloud: StartedCloud,
  endpoint: string,
  ending: string,
  { bold, dim }: ChalkInstance,
): string {
  const flag = portFlag(cloud.port);
  const holds = cloud.empty
    ? ['it is empty: create what you need with the AWS CLI or any SDK']
    : [
        `streams    ${Object.values(STREAMS).join(', ')}`,
        `tables     ${Object.values(TABLES)
          .map((table) => table.name)
          .join(', ')}`,
        `functions  ${Object.values(FUNCTIONS).join(', ')}`,
      ];
  const commands: [string, string][] = [
    ...(cloud.empty ? [] : [[`./producer --name Rocinante${flag}`, 'a unicorn'] as [string, string]]),
    [`./wildrydes shell${flag}`, 'the AWS CLI and every SDK, pointed here'],
    [`./wildrydes status${flag}`, 'what runs, and how far it is'],
  ];
  const typed = commands.map(([command, what]) => [asTyped(command), what] as const);
  const width = Math.max(...typed.map(([command]) => command.length));
  return [
    `${bold('Wild Rydes local cloud')} at ${bold(endpoint)}`,
    `state      ${cloud.data ?? 'nothing is kept'}`,
    ...holds,
    '',
    dim('In another terminal:'),
    ...typed.map(([command, what]) => `  ${pad(command, width)}  ${dim(what)}`),
    dim(asTyped(ending)),
    '',
  ].join('\n');
}
