import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { LOCAL_CREDENTIALS } from '../../../target.ts';
import { startChild } from '../../child-fixture.ts';
import { MAPPING_DEFAULTS } from '../definitions.ts';
import { ARN, eventually, type MappingBench, MappingBenches } from '../testing/mapping-bench.ts';
import { MemoryKinesis } from '../testing/memory-kinesis.ts';
import { sequence } from '../testing/workspace.ts';
import { EventSourceMapping } from './event-source-mapping.ts';
import { MappingRegistry } from './mapping-registry.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

const INPUT = { FunctionName: 'f', EventSourceArn: ARN, StartingPosition: 'TRIM_HORIZON' } as const;

async function created({ client }: MappingBench, more: object = {}): Promise<string> {
  const { UUID } = await client.send(new CreateEventSourceMappingCommand({ ...INPUT, ...more }));
  return UUID ?? '';
}

async function found({ client }: MappingBench, UUID: string) {
  const { $metadata, LastProcessingResult, ...mapping } = await client.send(
    new GetEventSourceMappingCommand({ UUID }),
  );
  return mapping;
}

describe('a mapping of the API, after a restart', () => {
  test('is the same, and goes on where it stopped, with its filter', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    const UUID = await created(first, {
      BatchSize: 2,
      FilterCriteria: { Filters: [{ Pattern: '{"partitionKey": ["a"]}' }] },
      MaximumRecordAgeInSeconds: 604_800,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const shard = first.stream.shard(0);
    shard.put('0', 'a', Date.now());
    await eventually(() => expect(first.batches).toEqual(['f: 0']));
    const before = await found(first, UUID);
    await first.lambda.close();
    shard.put('1', 'b', Date.now());
    shard.put('2', 'a', Date.now());
    const second = await benches.open({ folder, kinesis: first.kinesis });
    await eventually(() => expect(second.batches).toEqual(['f: 2']));
    expect(await found(second, UUID)).toEqual(before);
  });

  test('that was disabled stays so, with its position, and one that was changed has changed', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    const shard = first.stream.shard(0);
    const UUID = await created(first);
    shard.put('0');
    await eventually(() => expect(first.batches).toEqual(['f: 0']));
    await first.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false, BatchSize: 1 }));
    await first.lambda.close();
    shard.put('1');
    shard.put('2');
    const second = await benches.open({ folder, kinesis: first.kinesis });
    expect(await found(second, UUID)).toMatchObject({ State: 'Disabled', BatchSize: 1 });
    await second.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await eventually(() => expect(second.batches).toEqual(['f: 1', 'f: 2']));
    await eventually(() => expect(second.lambda.mappings()).toMatchObject([{ recordsHandled: 2 }]));
    await second.client.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 2 }));
    await eventually(async () => expect(await found(second, UUID)).toMatchObject({ State: 'Enabled' }));
    shard.put('3');
    await eventually(() =>
      expect(second.lambda.mappings()).toMatchObject([{ recordsHandled: 3, invocations: 3 }]),
    );
  });

  test('whose stream was deleted and created again while it was disabled begins with all of the new one', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    const UUID = await created(first);
    const { stream } = first;
    for (const data of ['0', '1', '2']) stream.shard(0).put(data);
    await eventually(() => expect(first.lambda.mappings()).toMatchObject([{ recordsHandled: 3 }]));
    stream.merge(stream.shard(0)).put('3');
    await eventually(() => expect(first.lambda.mappings()).toMatchObject([{ recordsHandled: 4 }]));
    await first.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await first.lambda.close();
    first.kinesis.delete('wildrydes');
    first.kinesis.create('wildrydes').shard(0).put('new');
    const second = await benches.open({ folder, kinesis: first.kinesis });
    await second.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await eventually(() => expect(second.batches).toEqual(['f: new']));
  });

  test('that was deleted is gone, its checkpoint too', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    const UUID = await created(first);
    const checkpoint = join(folder, 'checkpoints', `${UUID}.json`);
    expect(existsSync(checkpoint)).toBe(true);
    await first.client.send(new DeleteEventSourceMappingCommand({ UUID }));
    await eventually(() => expect(existsSync(checkpoint)).toBe(false));
    // As a crash between the answer and the removal leaves it.
    writeFileSync(checkpoint, '{}');
    writeFileSync(`${checkpoint}.new`, '{}');
    await first.lambda.close();
    const second = await benches.open({ folder, kinesis: first.kinesis });
    const list = await second.client.send(new ListEventSourceMappingsCommand({}));
    expect(list.EventSourceMappings).toEqual([]);
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
  });

  test('whose file is damaged keeps the service from starting, which says so', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    await created(first);
    await first.lambda.close();
    const file = join(folder, 'mappings.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"batchSize": 100', '"batchSize": 101'));
    await expect(benches.open({ folder, kinesis: first.kinesis })).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      message: expect.stringContaining(file),
    });
  });

  test('that a killed process acknowledged is there, and delivers', async () => {
    const folder = await benches.folder();
    const bootstrap = JSON.stringify(await benches.bootstrap());
    const child = () =>
      startChild(`
        import { writeFileSync } from 'node:fs';
        import { createKinesis } from './kinesis/service.ts';
        import { createLambda } from './lambda/service.ts';
        import { openGateway } from './gateway/gateway.ts';
        import { systemClock } from '../../telemetry/clock.ts';
        const folder = ${JSON.stringify(folder)};
        const file = folder + '/f.mjs';
        writeFileSync(file, 'export const handler = async (event) => console.log(event.Records.map((r) => Buffer.from(r.kinesis.data, "base64").toString()).join(" "))');
        const log = (line) => console.log('log', line);
        const kinesis = await createKinesis({ folder: folder + '/kinesis', clock: systemClock, log });
        const lambda = createLambda({
          folder: folder + '/lambda',
          kinesis: { stream: (arn) => kinesis.stream(arn.split('/')[1]), onStream: kinesis.onStream },
          endpoint: () => '', clock: systemClock, random: Math.random, log,
          onOutput: ({ line }) => console.log('output', line),
          bootstrap: ${bootstrap},
        });
        lambda.register({ functionName: 'f', file, timeout: 3, memorySize: 128, environment: {} });
        if (kinesis.stream('wildrydes') === undefined) {
          const request = { method: 'POST', path: '/', headers: {}, region: 'us-east-1' };
          const send = (operation, body) => kinesis.handle({ ...request, operation, body: Buffer.from(JSON.stringify(body)) });
          await send('CreateStream', { StreamName: 'wildrydes', ShardCount: 1 });
          await send('PutRecord', { StreamName: 'wildrydes', PartitionKey: 'a', Data: 'aGVsbG8=' });
        }
        const gateway = await openGateway({ port: 0, services: [kinesis, lambda], log });
        console.log('endpoint ' + gateway.endpoint);
      `);
    const clientOf = async (running: Awaited<ReturnType<typeof child>>) =>
      new LambdaClient({
        endpoint: (await running.line('endpoint')).slice('endpoint '.length),
        region: 'us-east-1',
        credentials: LOCAL_CREDENTIALS,
        maxAttempts: 1,
      });

    const first = await child();
    const client = await clientOf(first);
    const kept = await client.send(new CreateEventSourceMappingCommand({ ...INPUT, Enabled: false }));
    const gone = await client.send(
      new CreateEventSourceMappingCommand({ ...INPUT, FunctionName: 'f:$LATEST', Enabled: false }),
    );
    await client.send(new DeleteEventSourceMappingCommand({ UUID: gone.UUID }));
    await client.send(new UpdateEventSourceMappingCommand({ UUID: kept.UUID, Enabled: true, BatchSize: 7 }));
    await first.kill();
    client.destroy();

    const second = await child();
    const again = await clientOf(second);
    const { EventSourceMappings } = await again.send(new ListEventSourceMappingsCommand({}));
    expect(EventSourceMappings).toEqual([
      expect.objectContaining({ UUID: kept.UUID, State: 'Enabled', BatchSize: 7 }),
    ]);
    await eventually(() =>
      expect([...first.lines, ...second.lines].some((line) => line.endsWith('\thello'))).toBe(true),
    );
    await second.kill();
    again.destroy();
  });
});

describe('a mapping of the kit', () => {
  const KIT = { functionName: 'f', streamName: 'wildrydes', startingPosition: 'TRIM_HORIZON' } as const;

  test('is changed and disabled through the API until the next start, where its manifest wins', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    const shard = first.stream.shard(0);
    first.lambda.map({ ...KIT, batchSize: 1 });
    shard.put('0');
    await eventually(() => expect(first.batches).toEqual(['f: 0']));
    const list = await first.client.send(new ListEventSourceMappingsCommand({}));
    const UUID = list.EventSourceMappings?.[0]?.UUID ?? '';
    await first.client.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5, Enabled: false }));
    await eventually(async () =>
      expect(await found(first, UUID)).toMatchObject({ State: 'Disabled', BatchSize: 5 }),
    );
    expect(first.lambda.mappings()).toMatchObject([{ functionName: 'f', recordsHandled: 1 }]);
    shard.put('1');
    shard.put('2');
    await first.lambda.close();
    const second = await benches.open({ folder, kinesis: first.kinesis });
    second.lambda.map({ ...KIT, batchSize: 1 });
    await eventually(() => expect(second.batches).toEqual(['f: 1', 'f: 2']));
    expect(await found(second, UUID)).toMatchObject({ State: 'Enabled', BatchSize: 1 });
  });

  test('that was deleted comes back at the next start, and goes on', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    first.lambda.map(KIT);
    first.stream.shard(0).put('0');
    await eventually(() => expect(first.batches).toEqual(['f: 0']));
    const list = await first.client.send(new ListEventSourceMappingsCommand({}));
    const UUID = list.EventSourceMappings?.[0]?.UUID ?? '';
    await first.client.send(new DeleteEventSourceMappingCommand({ UUID }));
    await eventually(() => expect(first.lambda.mappings()).toEqual([]));
    first.stream.shard(0).put('1');
    await first.lambda.close();
    const second = await benches.open({ folder, kinesis: first.kinesis });
    second.lambda.map(KIT);
    await eventually(() => expect(second.batches).toEqual(['f: 1']));
  });

  test('is not made twice, nor beside one of the API, and takes the place of one', async () => {
    const folder = await benches.folder();
    const first = await benches.open({ folder });
    first.lambda.map(KIT);
    expect(() => first.lambda.map(KIT)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    await expect(created(first)).rejects.toMatchObject({ name: 'ResourceConflictException' });
    await first.lambda.close();

    const second = await benches.open({ folder, kinesis: first.kinesis });
    const UUID = await created(second, { Enabled: false });
    await second.lambda.close();
    const third = await benches.open({ folder, kinesis: first.kinesis });
    third.lambda.map(KIT);
    expect(third.log).toEqual([`mapping ${UUID} of wildrydes to f is removed: the kit has its own`]);
    await eventually(async () => {
      const list = await third.client.send(new ListEventSourceMappingsCommand({}));
      expect(list.EventSourceMappings?.map((mapping) => mapping.UUID)).not.toContain(UUID);
      expect(list.EventSourceMappings).toHaveLength(1);
    });
  });
});

describe('the registry', () => {
  const kinesis = new MemoryKinesis();

  /** Begun deliveries by function. */
  function open(folder: string | null, known: Set<string>): { registry: MappingRegistry; begun: string[] } {
    const begun: string[] = [];
    const registry = new MappingRegistry({
      folder,
      deliver: ({ record: { definition: mapping }, positions }) => {
        begun.push(mapping.functionName);
        return new EventSourceMapping({
          mapping,
          kinesis,
          positions,
          invoke: () => Promise.reject(new Error('there is nothing to invoke')),
          clock: systemClock,
          log: () => {},
        });
      },
      hasFunction: (functionName) => known.has(functionName),
      stream: (arn) => kinesis.stream(arn),
      clock: systemClock,
      random: sequence(),
      log: () => {},
    });
    return { registry, begun };
  }

  const definition = (functionName: string) => ({
    ...MAPPING_DEFAULTS,
    functionName,
    eventSourceArn: ARN,
    startingPosition: 'LATEST' as const,
  });

  test('starts what it kept once the function is known, and once only', async () => {
    const folder = await benches.folder();
    const first = open(folder, new Set(['f', 'g']));
    first.registry.create(definition('f'), { qualifier: null, enabled: true });
    first.registry.create(definition('g'), { qualifier: null, enabled: false });
    expect(first.begun).toEqual(['f']);
    await first.registry.stop();
    const known = new Set<string>();
    const second = open(folder, known);
    expect(second.begun).toEqual([]);
    for (const name of ['f', 'f', 'g']) {
      known.add(name);
      second.registry.functionKnown(name);
    }
    expect(second.begun).toEqual(['f']);
    await second.registry.stop();
  });

  test('holds what a plain list of records would hold, also after it was opened again', async () => {
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('create' as const),
        enabled: fc.boolean(),
        name: fc.constantFrom('f', 'g'),
      }),
      fc.record({ kind: fc.constant('toggle' as const), which: fc.nat(9) }),
      fc.record({
        kind: fc.constant('resize' as const),
        which: fc.nat(9),
        size: fc.integer({ min: 1, max: 99 }),
      }),
      fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }),
      fc.record({ kind: fc.constant('restart' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const folder = await benches.folder();
        const known = new Set(['f', 'g']);
        let { registry } = open(folder, known);
        const model = new Map<string, { name: string; enabled: boolean; size: number }>();
        for (const one of acts) {
          const at = 'which' in one ? [...model.keys()][one.which % Math.max(1, model.size)] : undefined;
          const there = at === undefined ? undefined : model.get(at);
          if (one.kind === 'create') {
            const { record, state } = registry.create(definition(one.name), {
              qualifier: null,
              enabled: one.enabled,
            });
            expect(state).toBe('Creating');
            model.set(record.uuid, { name: one.name, enabled: one.enabled, size: 100 });
          } else if (one.kind === 'restart') {
            await registry.stop();
            registry = open(folder, known).registry;
          } else if (at !== undefined && there !== undefined) {
            if (one.kind === 'toggle') {
              const change = registry.update(at, { enabled: !there.enabled });
              expect(change?.state).toBe(there.enabled ? 'Disabling' : 'Enabling');
              model.set(at, { ...there, enabled: !there.enabled });
            } else if (one.kind === 'resize') {
              registry.update(at, { definition: { ...definition(there.name), batchSize: one.size } });
              model.set(at, { ...there, size: one.size });
            } else {
              registry.delete(at);
              model.delete(at);
            }
            // Nothing is under way: a change ends by itself.
            await eventually(() =>
              expect(['Enabled', 'Disabled', undefined]).toContain(registry.get(at)?.state),
            );
          }
          const held = registry.list().map(({ record, state }) => ({
            uuid: record.uuid,
            name: record.definition.functionName,
            size: record.definition.batchSize,
            enabled: state === 'Enabled',
          }));
          const expected = [...model].map(([uuid, rest]) => ({ uuid, ...rest }));
          expect(held).toEqual(expected.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)));
        }
        await registry.stop();
      }),
      { numRuns: 30 },
    );
  });
});
