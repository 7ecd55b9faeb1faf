import { CreateEventSourceMappingCommand, GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, expect, test } from 'vitest';
import { ARN, MappingBenches } from '../testing/mapping-bench.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

test('tells a mapping of the API and one of the kit', async () => {
  const { client, lambda } = await benches.open();
  lambda.map({ functionName: 'g', streamName: 'wildrydes', startingPosition: 'LATEST', batchSize: 7 });
  const kit = lambda.mappings()[0];
  expect(kit).toMatchObject({ functionName: 'g', streamName: 'wildrydes' });
  const { UUID } = await client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'f',
      EventSourceArn: ARN,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date(1_500),
    }),
  );
  const { $metadata, ...found } = await client.send(new GetEventSourceMappingCommand({ UUID }));
  expect($metadata.httpStatusCode).toBe(200);
  expect(found).toMatchObject({
    UUID,
    State: 'Enabled',
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: new Date(1_500),
  });
});

test.each(['00000000-0000-4000-8000-000000000000', 'constructor', 'a b'])(
  'there is none: %s',
  async (UUID) => {
    const { client } = await benches.open();
    await expect(client.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  },
);
