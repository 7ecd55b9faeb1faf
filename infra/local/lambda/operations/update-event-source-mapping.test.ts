import {
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ARN, eventually, type MappingBench, MappingBenches } from '../testing/mapping-bench.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

async function mapped(bench: MappingBench, more: object = {}): Promise<string> {
  const { UUID } = await bench.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn: ARN,
      StartingPosition: 'TRIM_HORIZON',
      ...more,
    }),
  );
  return UUID ?? '';
}

function update(
  { client }: MappingBench,
  UUID: string,
  input: Partial<UpdateEventSourceMappingCommandInput>,
) {
  return client.send(new UpdateEventSourceMappingCommand({ UUID, ...input }));
}

async function stateOf({ client }: MappingBench, UUID: string) {
  return (await client.send(new GetEventSourceMappingCommand({ UUID }))).State;
}

describe('a mapping', () => {
  test('changes what is given, and nothing else', async () => {
    const bench = await benches.open();
    const UUID = await mapped(bench, {
      BatchSize: 5,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::wildrydes-failures' } },
      FilterCriteria: { Filters: [{ Pattern: '{"partitionKey": ["a"]}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const before = await bench.client.send(new GetEventSourceMappingCommand({ UUID }));
    const changed = await update(bench, UUID, { MaximumRetryAttempts: 2, BisectBatchOnFunctionError: true });
    expect(changed.$metadata.httpStatusCode).toBe(202);
    expect(changed).toMatchObject({ State: 'Updating', MaximumRetryAttempts: 2, BatchSize: 5 });
    await eventually(async () => expect(await stateOf(bench, UUID)).toBe('Enabled'));
    const { $metadata, ...after } = await bench.client.send(new GetEventSourceMappingCommand({ UUID }));
    const { $metadata: _, ...expected } = before;
    expect(after).toEqual({
      ...expected,
      MaximumRetryAttempts: 2,
      BisectBatchOnFunctionError: true,
      LastModified: expect.any(Date),
    });
    expect(after.LastModified!.getTime()).toBeGreaterThanOrEqual(before.LastModified!.getTime());
  });

  test('loses filters, destination and response types by empty ones', async () => {
    const bench = await benches.open();
    const UUID = await mapped(bench, {
      Enabled: false,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::wildrydes-failures' } },
      FilterCriteria: { Filters: [{ Pattern: '{"partitionKey": ["a"]}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const changed = await update(bench, UUID, {
      FilterCriteria: {},
      DestinationConfig: { OnFailure: { Destination: '' } },
      FunctionResponseTypes: [],
    });
    expect(changed).toMatchObject({ DestinationConfig: { OnFailure: {} }, FunctionResponseTypes: [] });
    expect(changed).not.toHaveProperty('FilterCriteria');
    expect(await stateOf(bench, UUID)).toBe('Disabled');
  });

  test('keeps its position while it is disabled', async () => {
    const bench = await benches.open();
    const shard = bench.stream.shard(0);
    const UUID = await mapped(bench);
    shard.put('0');
    await eventually(() => expect(bench.batches).toEqual(['f: 0']));
    expect((await update(bench, UUID, { Enabled: false })).State).toBe('Disabling');
    await eventually(async () => expect(await stateOf(bench, UUID)).toBe('Disabled'));
    shard.put('1');
    shard.put('2');
    expect((await update(bench, UUID, { Enabled: true })).State).toBe('Enabling');
    await eventually(() => expect(bench.batches).toEqual(['f: 0', 'f: 1 2']));
    expect(await stateOf(bench, UUID)).toBe('Enabled');
  });

  test('goes on with another function, batch size and filter from where it is', async () => {
    const bench = await benches.open();
    const shard = bench.stream.shard(0);
    const UUID = await mapped(bench);
    shard.put('0');
    await eventually(() => expect(bench.batches).toEqual(['f: 0']));
    const Filters = [{ Pattern: '{"partitionKey": ["b"]}' }];
    const changed = await update(bench, UUID, {
      FunctionName: 'g',
      BatchSize: 1,
      FilterCriteria: { Filters },
    });
    expect(changed.FunctionArn).toMatch(/:g$/);
    await eventually(async () => expect(await stateOf(bench, UUID)).toBe('Enabled'));
    for (const [data, key] of [
      ['1', 'b'],
      ['2', 'a'],
      ['3', 'b'],
    ] as const)
      shard.put(data, key);
    await eventually(() => expect(bench.batches).toEqual(['f: 0', 'g: 1', 'g: 3']));
  });

  test('leaves nothing out when its parallelization factor changes', async () => {
    const bench = await benches.open();
    const shard = bench.stream.shard(0);
    const UUID = await mapped(bench, { BatchSize: 2 });
    let count = 0;
    for (const ParallelizationFactor of [4, 10, 1]) {
      for (let i = 0; i < 12; i++) shard.put(String(count++), `key-${i}`);
      await update(bench, UUID, { ParallelizationFactor });
      await eventually(async () => expect(await stateOf(bench, UUID)).toBe('Enabled'));
    }
    await eventually(() => {
      const delivered = new Set(bench.batches.flatMap((batch) => batch.slice('f: '.length).split(' ')));
      expect(delivered.size).toBe(count);
    });
  });

  test('that is finishing an invocation is in use until that has ended', async () => {
    const gate = await benches.gate();
    const bench = await benches.open({ handler: gate.handler });
    bench.stream.shard(0).put('0');
    const UUID = await mapped(bench);
    await eventually(() => expect(bench.batches).toEqual(['f: 0']));
    await update(bench, UUID, { Enabled: false });
    expect(await stateOf(bench, UUID)).toBe('Disabling');
    await expect(update(bench, UUID, { BatchSize: 1 })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Cannot update the event source mapping because it is in use.',
      $metadata: { httpStatusCode: 400 },
    });
    gate.open();
    await eventually(async () => expect(await stateOf(bench, UUID)).toBe('Disabled'));
    await update(bench, UUID, { BatchSize: 1 });
  });
});

describe('what is refused', () => {
  test.each<[Partial<UpdateEventSourceMappingCommandInput>, string, string]>([
    [{ FunctionName: 'missing' }, 'InvalidParameterValueException', 'Function does not exist'],
    [
      { MaximumRecordAgeInSeconds: 10 },
      'InvalidParameterValueException',
      'MaximumRecordAgeInSeconds must be',
    ],
    [{ TumblingWindowInSeconds: 10 }, 'InvalidParameterValueException', 'A tumbling window goes with'],
    [
      { FilterCriteria: { Filters: [{ Pattern: '{}' }] } },
      'InvalidParameterValueException',
      'Invalid filter',
    ],
    [{ BatchSize: 0 }, 'ValidationException', "at 'batchSize'"],
    [{ FunctionName: 'g' }, 'ResourceConflictException', 'already exists'],
  ])('%j, and nothing changes', async (input, name, message) => {
    const bench = await benches.open();
    const UUID = await mapped(bench, { ParallelizationFactor: 2 });
    await mapped(bench, { FunctionName: 'g' });
    const before = await bench.client.send(new GetEventSourceMappingCommand({ UUID }));
    await expect(update(bench, UUID, input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
    const { $metadata, ...after } = await bench.client.send(new GetEventSourceMappingCommand({ UUID }));
    expect(before).toMatchObject(after);
  });

  test.each(['00000000-0000-4000-8000-000000000000', '__proto__', '../x'])('no mapping: %s', async (UUID) => {
    const bench = await benches.open();
    await expect(update(bench, UUID, { BatchSize: 1 })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
