import { join } from 'node:path';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { CreateEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { onTestFinished, vi } from 'vitest';
import { startLocal } from '../infra/pipeline.ts';
import { PROJECT_ROOT } from '../infra/project.ts';
import type { Emission, Sink } from '../simulator/emission.ts';
import { createFaults, parseFaults } from '../simulator/faults.ts';
import { Fleet } from '../simulator/fleet.ts';
import { acceleratedPacer } from '../simulator/pacing.ts';
import { simulate } from '../simulator/simulate.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { Reading } from '../telemetry/reading.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { PlacedRecord } from './check/streams.ts';
import type { Finding } from './finding.ts';
import { runCheck } from './guide/run-check.ts';
import type { Module } from './module.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** For the tests of modules: a cloud as the workshop starts it, empty, and a workbench in it. Both end with the test. */
export async function workshopCloud(options: { readonly enforceLimits?: boolean } = {}): Promise<Workbench> {
  const cloud = await startLocal({
    port: 0,
    data: null,
    clock: systemClock,
    pipeline: false,
    enforceLimits: options.enforceLimits ?? false,
  });
  onTestFinished(() => cloud.close());
  const at = openWorkbench({
    target: cloud.target,
    prefix: '',
    env: {},
    folder: join(PROJECT_ROOT, 'my-rydes'),
    clock: systemClock,
    signal: new AbortController().signal,
  });
  onTestFinished(() => at.close());
  return at;
}

/** What the check of a step says now. */
export function checkOf(module: Module, stepName: string, at: Workbench): Promise<Finding> {
  const step = module.steps.find(({ name }) => name === stepName);
  if (step === undefined) throw new Error(`module ${module.number} has no step ${stepName}`);
  return runCheck(step, at);
}

/** Puts records into a stream, in order. */
export async function put(
  at: Workbench,
  stream: string,
  records: readonly { readonly key: string; readonly data: string | Uint8Array }[],
): Promise<void> {
  for (let from = 0; from < records.length; from += 500) {
    await at.kinesis.send(
      new PutRecordsCommand({
        StreamName: stream,
        Records: records
          .slice(from, from + 500)
          .map(({ key, data }) => ({ PartitionKey: key, Data: Buffer.from(data) })),
      }),
    );
  }
}

/** A ride of one unicorn: a reading a second, the last one at `until`, as records. */
export function ride(
  name: string,
  seconds: number,
  until: number = Date.now(),
): { readonly key: string; readonly data: string; readonly reading: Reading }[] {
  return Array.from({ length: seconds }, (_, second) => {
    const reading: Reading = {
      Name: name,
      StatusTime: formatStatusTime(until - 1_000 * (seconds - 1 - second)),
      Latitude: 40.75,
      Longitude: -73.98,
      Distance: 30.125,
      MagicPoints: 150 - second,
      HealthPoints: 150,
    };
    return { key: name, data: encodeReading(reading), reading };
  });
}

/** What `./producer --name … --seed … --fault … --duration …` sends, each with the time at which it does. */
export async function ridden(options: {
  readonly name: string;
  readonly start: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly faults?: string;
}): Promise<Emission[]> {
  const { name, start, seconds, seed = 1, faults } = options;
  const emissions: Emission[] = [];
  const sink: Sink = {
    put: (emission) => void emissions.push(emission),
    flush: async () => {},
    close: async () => {},
  };
  await simulate({
    fleet: new Fleet({ names: [name], seed: String(seed), start, scenario: 'classic' }),
    faults: faults === undefined ? undefined : createFaults(parseFaults(faults)),
    pacer: acceleratedPacer({ start, speed: Number.POSITIVE_INFINITY, monotonic: () => performance.now() }),
    sink,
    duration: 1_000 * seconds,
    signal: new AbortController().signal,
  }).done;
  return emissions;
}

/** Emissions of several rides as one shard has them. */
export function inOneShard(...rides: readonly (readonly Emission[])[]): PlacedRecord[] {
  return rides
    .flat()
    .sort((a, b) => a.time - b.time)
    .map(({ key, data, time }, index) => ({
      shardId: 'shardId-000000000000',
      sequenceNumber: String(index).padStart(20, '0'),
      partitionKey: key,
      arrival: time,
      data,
    }));
}

/** Looks until what is expected holds: a check takes its time where others want the processor too. Default: 20 s. */
export function eventually<T>(
  look: () => T | Promise<T>,
  options: Parameters<typeof vi.waitFor>[1] = { timeout: 20_000 },
): Promise<T> {
  return vi.waitFor(look, options);
}

/**
 * The same workbench towards a Lambda that looks at the role when a mapping is made, as it does on AWS: a role that names
 * the stream of summaries lets no other be read.
 */
export function refusingStrangers(at: Workbench): Workbench {
  const { lambda, names } = at;
  const send = (command: Parameters<LambdaClient['send']>[0]) => {
    const source =
      command instanceof CreateEventSourceMappingCommand ? command.input.EventSourceArn : undefined;
    if (source === undefined || source.endsWith(`:stream/${names.summaries}`)) return lambda.send(command);
    const message = `Cannot access stream ${source}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.`;
    return Promise.reject(Object.assign(new Error(message), { name: 'InvalidParameterValueException' }));
  };
  const looking = new Proxy(lambda, {
    get: (client, property) => (property === 'send' ? send : Reflect.get(client, property)),
  });
  return { ...at, lambda: looking };
}
