import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, expect, test } from 'vitest';
import { ARN, eventually, MappingBenches } from '../testing/mapping-bench.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

const INPUT = { FunctionName: 'f', EventSourceArn: ARN, StartingPosition: 'TRIM_HORIZON' } as const;

test('is Deleting, finishes what is under way, and is gone; a new one begins anew', async () => {
  const gate = await benches.gate();
  const { client, stream, batches } = await benches.open({ handler: gate.handler });
  stream.shard(0).put('0');
  const { UUID } = await client.send(new CreateEventSourceMappingCommand(INPUT));
  await eventually(() => expect(batches).toEqual(['f: 0']));
  const deleted = await client.send(new DeleteEventSourceMappingCommand({ UUID }));
  expect(deleted).toMatchObject({ UUID, State: 'Deleting', $metadata: { httpStatusCode: 202 } });
  expect((await client.send(new GetEventSourceMappingCommand({ UUID }))).State).toBe('Deleting');
  await expect(client.send(new DeleteEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
    message: 'Cannot delete the event source mapping because it is in use.',
  });
  gate.open();
  await eventually(() =>
    expect(client.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    }),
  );
  expect((await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings).toEqual([]);
  stream.shard(0).put('1');
  const again = await client.send(new CreateEventSourceMappingCommand(INPUT));
  expect(again.UUID).not.toBe(UUID);
  await eventually(() => expect(batches).toEqual(['f: 0', 'f: 0 1']));
});

test.each(['00000000-0000-4000-8000-000000000000', '__proto__'])('there is none: %s', async (UUID) => {
  const { client } = await benches.open();
  await expect(client.send(new DeleteEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});
