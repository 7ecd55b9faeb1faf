import type { ChalkInstance } from 'chalk';
import { FUNCTIONS, STREAMS, TABLES } from '../../telemetry/topology.ts';
import { asTyped, portFlag, shellWord } from '../hints.ts';
import { pad } from '../terminal.ts';

/** The cloud that a start is about. */
export interface StartedCloud {
  readonly port: number;
  /** Another address that it listens on. */
  readonly host: string | undefined;
  /** State folder; null: nothing is kept. */
  readonly data: string | null;
  readonly empty: boolean;
  /** Where it is made searchable, if it is: at a URL, or in an OpenSearch of its own. */
  readonly search: 'own' | { readonly endpoint: string } | undefined;
  /** What aggregates in it. */
  readonly aggregation: 'embedded' | 'flink';
  /** True: shards are limited as on AWS. */
  readonly enforceLimits: boolean;
  /** Path of the log's file. */
  readonly log: string | undefined;
}

/** Takes what is told when a cloud runs. */
export type Greet = (text: string) => void;

/** Where a cloud answers that runs. */
export interface Endpoints {
  readonly endpoint: string;
  /** URL of the search cluster, as it may be shown. */
  readonly searchEndpoint: string | undefined;
}

/** Functions that are there only where something is made searchable. */
const INDEXERS: readonly string[] = [FUNCTIONS.streamIndexer, FUNCTIONS.tableIndexer, FUNCTIONS.logIndexer];

/**
 * What is told when the local cloud runs: where, what is in it, and how to use it.
 *
 * @param ending how to end it
 */
export function greeting(
  cloud: StartedCloud,
  { endpoint, searchEndpoint }: Endpoints,
  ending: string,
  { bold, dim }: ChalkInstance,
): string {
  const flag = portFlag(cloud.port);
  const holds = cloud.empty
    ? ['it is empty: create what you need with the AWS CLI or any SDK']
    : [
        ...listed('streams', Object.values(STREAMS)),
        ...listed(
          'tables',
          Object.values(TABLES).map((table) => table.name),
        ),
        ...listed('functions', functionsOf(searchEndpoint)),
        ...(cloud.aggregation === 'flink' ? listed('engine', ['Apache Flink, in a mini-cluster']) : []),
        ...(searchEndpoint === undefined ? [] : listed('search', [searchEndpoint])),
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
    ...(searchEndpoint === undefined ? [] : [`  ${searching(searchEndpoint)}`]),
    dim(asTyped(ending)),
    '',
  ].join('\n');
}

/** What is found of one unicorn: works as soon as it rides. */
function searching(endpoint: string): string {
  return `curl ${shellWord(`${endpoint}/wildrydes/_search?q=Name:Rocinante&pretty`)}`;
}

function functionsOf(searchEndpoint: string | undefined): string[] {
  return Object.values(FUNCTIONS).filter((name) => searchEndpoint !== undefined || !INDEXERS.includes(name));
}

const INDENT = 11;
const COLUMNS = 80;

/** Names after a label, on as many lines as they need. */
function listed(label: string, names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = pad(label, INDENT);
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name},` : name;
    if (line.length > INDENT && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = ' '.repeat(INDENT);
    }
    line += line.length > INDENT ? ` ${word}` : word;
  }
  return [...lines, line];
}
