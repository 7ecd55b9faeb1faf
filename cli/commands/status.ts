import type { CommandModule } from 'yargs';
import type { CloudStatus } from '../../infra/local/control/api.ts';
import { createControlClient } from '../../infra/local/control/client.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { LOCAL, STREAMS } from '../../telemetry/topology.ts';
import { readPort } from '../options.ts';
import { column } from '../terminal.ts';

interface StatusFlags {
  readonly port?: number | undefined;
  readonly json?: boolean | undefined;
}

/** `wildrydes status`: what runs, what each stage has done, and how far it is behind. */
export const statusCommand: CommandModule<object, StatusFlags> = {
  command: 'status',
  describe: 'what runs, what each stage has done, how far it is behind',
  builder: (yargs) =>
    yargs.options({
      port: {
        type: 'string',
        requiresArg: true,
        describe: `port of the cloud [default: ${LOCAL.port}]`,
        coerce: readPort,
      },
      json: { type: 'boolean', describe: 'the same as one JSON object' },
    }),
  handler: async ({ port = LOCAL.port, json }) => {
    const control = createControlClient(`http://127.0.0.1:${port}`);
    const health = await control.health();
    if (health === undefined || health === 'foreign') {
      throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
        next: 'Start one with ./wildrydes start, or with ./producer --name Rocinante.',
      });
    }
    const status = await control.status();
    process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${statusLines(status).join('\n')}\n`);
  },
};

/** A cloud's status in lines of text. */
export function statusLines(status: CloudStatus): string[] {
  const { health, streams, aggregation, mappings } = status;
  const lines = [
    `local cloud   ${health.endpoint}, process ${health.pid}, ${health.data === null ? 'nothing is kept' : `state in ${health.data}`}`,
    '',
    `${column('stream', 24)} ${right('shards', 6)} ${right('records', 10)} ${right('bytes', 12)}`,
    ...streams.map(
      (stream) =>
        `${column(stream.streamName, 24)} ${right(stream.shards, 6)} ${right(stream.records, 10)} ${right(stream.bytes, 12)}`,
    ),
  ];
  if (aggregation !== null) {
    const { tally, watermark, outbox, openWindows } = aggregation;
    lines.push(
      '',
      'aggregation',
      `  ${tally.delivered} delivered = ${tally.summarised} summarised + ${tally.duplicates} duplicates + ${tally.late} late + ` +
        `${tally.quarantined} quarantined + ${tally.open} in ${openWindows} open windows`,
      `  ${tally.summaries} summaries, ${outbox} still to send, watermark ${watermark === null ? 'none yet' : formatStatusTime(watermark)}`,
      ...aggregation.shards.map((shard) => `  ${shard.shardId}  ${shard.millisBehindLatest} ms behind`),
      ...(aggregation.trouble === null ? [] : [`  trouble: ${aggregation.trouble}`]),
    );
  }
  for (const mapping of mappings) {
    const behind = mapping.shards.reduce((sum, shard) => sum + shard.behind, 0);
    lines.push(
      '',
      `function ${mapping.functionName} on ${mapping.streamName}`,
      `  ${mapping.invocations} invocations, ${mapping.failedInvocations} failed; ${mapping.recordsHandled} records handled, ` +
        `${mapping.recordsDiscarded} discarded, ${behind} behind`,
      ...(mapping.lastError === null ? [] : [`  last error: ${mapping.lastError}`]),
    );
  }
  const quarantined = streams.find((stream) => stream.streamName === STREAMS.quarantine)?.records ?? 0;
  lines.push(
    '',
    quarantined === 0
      ? 'quarantine    empty'
      : `quarantine    ${quarantined} records: ./consumer --stream ${STREAMS.quarantine} --from start`,
  );
  return lines;
}

function right(value: string | number, columns: number): string {
  return column(String(value), columns, 'right');
}
