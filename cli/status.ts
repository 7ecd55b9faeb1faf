import type { CloudStatus, MappingStatus, StreamStatus } from '../infra/local/control/api.ts';
import type { AggregationProgress } from '../telemetry/progress.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import { STREAMS } from '../telemetry/topology.ts';
import { faultLines } from './fault.ts';
import { asTyped, portFlag } from './hints.ts';
import { column, grouped, printable } from './terminal.ts';

/**
 * A cloud's status for a person: lines of at most 80 columns, but for what is told as it is (an address, a folder, an
 * error).
 *
 * @param port where the cloud was found
 */
export function statusLines(status: CloudStatus, port: number): string[] {
  const { health, streams, aggregation, mappings, faults } = status;
  return [
    `Local cloud  ${health.endpoint}, process ${health.pid}, version ${health.version}`,
    `State        ${health.data ?? 'nothing is kept'}`,
    ...(health.simulated
      ? [`Clock        ${formatStatusTime(health.now)} UTC: that of an accelerated or dated run`]
      : []),
    ...(health.pipeline ? [] : ['Pipeline     none: the cloud was started empty']),
    ...(health.parts.length === 0 ? [] : [`Parts        ${health.parts.map(printable).join(', ')}`]),
    ...(health.searchEndpoint === null ? [] : [`Search       ${printable(health.searchEndpoint)}`]),
    ...(health.enforcesLimits
      ? ['Limits       each shard takes and gives no more in a second than on AWS']
      : []),
    '',
    ...streamLines(streams),
    ...(aggregation === null ? [] : ['', ...aggregationLines(aggregation, port)]),
    ...(mappings.length === 0 ? [] : ['', ...functionLines(mappings)]),
    ...(faults.length === 0 ? [] : ['', 'Faults       are on:', ...faultLines(faults)]),
  ];
}

function streamLines(streams: readonly StreamStatus[]): string[] {
  if (streams.length === 0) return ['Streams      none'];
  return [
    `${column('Streams', 34)} ${right('shards', 8)} ${right('records', 16)} ${right('bytes', 19)}`,
    ...streams.map((stream) =>
      [
        column(printable(stream.streamName), 34),
        right(grouped(stream.shards), 8),
        right(grouped(stream.records), 16),
        right(grouped(stream.bytes), 19),
      ].join(' '),
    ),
  ];
}

function aggregationLines(aggregation: AggregationProgress, port: number): string[] {
  const { tally, watermark, openWindows, outbox, shards, trouble } = aggregation;
  const behind = Math.max(0, ...shards.map((shard) => shard.millisBehindLatest));
  const row = (name: string, count: number, note = '') =>
    `  ${column(name, 14)}${right(grouped(count), 16)}${note === '' ? '' : `  ${note}`}`;
  return [
    `Aggregation  ${behind === 0 ? 'has read everything' : `is ${lag(behind)} behind`}`,
    row('records', tally.delivered, 'each of them is one of these:'),
    row('summarised', tally.summarised, `in ${grouped(tally.summaries)} summaries`),
    row('open', tally.open, `in ${grouped(openWindows)} windows`),
    row('duplicates', tally.duplicates),
    row('late', tally.late),
    row('quarantined', tally.quarantined),
    ...(tally.quarantined === 0
      ? []
      : [asTyped(`    ./consumer --stream ${STREAMS.quarantine} --from start${portFlag(port)}`)]),
    `  watermark     ${watermark === null ? 'none yet' : `${formatStatusTime(watermark)} UTC`}`,
    ...(outbox === 0 ? [] : [`  to be sent    ${grouped(outbox)} summaries and quarantined records`]),
    ...(trouble === null ? [] : [`  trouble       ${printable(trouble)}`]),
  ];
}

function functionLines(mappings: readonly MappingStatus[]): string[] {
  return [
    `${column('Functions', 24)} ${column('stream', 20)} ${right('calls', 7)} ${right('failed', 6)} ${right('handled', 10)} ${right('behind', 8)}`,
    ...mappings.flatMap((mapping) => {
      const behind = mapping.shards.reduce((sum, shard) => sum + shard.behind, 0);
      return [
        [
          column(printable(mapping.functionName), 24),
          column(printable(mapping.streamName), 20),
          right(grouped(mapping.invocations), 7),
          right(grouped(mapping.failedInvocations), 6),
          right(grouped(mapping.recordsHandled), 10),
          right(grouped(behind), 8),
        ].join(' '),
        ...(mapping.recordsFiltered === 0
          ? []
          : [`  passed over ${grouped(mapping.recordsFiltered)} records that match none of its filters`]),
        ...(mapping.recordsDiscarded === 0
          ? []
          : [`  gave up ${grouped(mapping.recordsDiscarded)} records after every attempt`]),
        ...(mapping.lastError === null ? [] : [`  last error: ${printable(mapping.lastError)}`]),
      ];
    }),
  ];
}

/** A delay: 850 ms, 3.2 s, 12 min. */
function lag(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

function right(text: string, columns: number): string {
  return column(text, columns, 'right');
}
