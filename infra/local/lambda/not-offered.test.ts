import * as sdk from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../telemetry/clock.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import { createLambda } from './service.ts';
import { MemoryKinesis } from './testing/memory-kinesis.ts';

const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

/** These have the path of another. */
const ALIKE = ['GetLayerVersionByArn', 'ListProvisionedConcurrencyConfigs'];

/** All that a path may need. */
const NAMED = Object.fromEntries(
  [
    ...['FunctionName', 'Name', 'LayerName', 'VersionNumber', 'StatementId', 'CodeSigningConfigArn'],
    ...['CapacityProviderName', 'DurableExecutionArn', 'CallbackId', 'ResourceArn', 'Qualifier'],
  ].map((name) => [name, 'x']),
);

test('refuses each operation that the SDK has and this Lambda has not by its name', async () => {
  const lambda = createLambda({
    folder: null,
    kinesis: new MemoryKinesis(),
    endpoint: () => 'http://127.0.0.1:4566',
    clock: systemClock,
    random: Math.random,
  });
  const client = fixture.client(new sdk.LambdaClient(sdkConfig(await fixture.open([lambda]))));
  const commands = sdk as unknown as Readonly<Record<string, new (input: object) => sdk.GetFunctionCommand>>;
  const names = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
  const missing = names.filter((name) => !lambda.operations.has(name) && !ALIKE.includes(name));
  expect(missing.length).toBeGreaterThan(50);
  const told = missing.map(async (name) => {
    const refused = client.send(new commands[`${name}Command`]!(NAMED));
    return refused.then(
      () => `${name}: succeeded`,
      (error: Error) => `${name}: ${error.name}: ${error.message}`,
    );
  });
  expect(await Promise.all(told)).toEqual(
    missing.map((name) => `${name}: UnsupportedOperationException: The local Lambda does not offer ${name}.`),
  );
});
