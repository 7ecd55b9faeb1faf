import type { Row } from '../harness/row.ts';
import { aggregateRow } from './aggregate.ts';
import { aggregateFlink } from './aggregate-flink.ts';
import { bulkIndex } from './bulk-index.ts';
import { firstReading } from './first-reading.ts';
import { fleetRow } from './fleet.ts';
import { kinesisMemory } from './kinesis-memory.ts';
import { kinesisPrebuilt } from './kinesis-prebuilt.ts';
import { kinesisReads } from './kinesis-reads.ts';
import { kinesisWrites } from './kinesis-writes.ts';
import { lambdaLoop } from './lambda-loop.ts';
import { pipelineRow } from './pipeline.ts';
import { simulateRow } from './simulate.ts';
import { tableLatency } from './table-latency.ts';
import { tableWriter } from './table-writer.ts';

/** In the order of the table of results. A new row is a file here and a line in this list. */
export const ROWS: readonly Row[] = [
  kinesisWrites,
  kinesisPrebuilt,
  kinesisReads,
  kinesisMemory,
  lambdaLoop,
  simulateRow,
  aggregateRow,
  aggregateFlink,
  pipelineRow,
  fleetRow,
  tableLatency,
  tableWriter,
  firstReading,
  bulkIndex,
];
