import { KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { run, shapeOf } from './run.ts';
import { answers, type Client, from, type Outcome, refuses, type Scenario, utf8 } from './scenario.ts';

/** A client whose calls come to what is given, one after the other; it keeps what it was asked. */
function clientOf(outcomes: readonly Outcome[]): Client & { readonly inputs: unknown[] } {
  const inputs: unknown[] = [];
  return {
    name: 'scripted',
    inputs,
    async call(_, input) {
      inputs.push(input);
      return outcomes[Math.min(inputs.length, outcomes.length) - 1]!;
    },
    async close() {},
  };
}

const ok = (answer: unknown): Outcome => ({ answer, status: 200 });
const scenario = (...steps: Scenario['steps']): Scenario => ({ title: 'sample', steps });

describe('a scenario', () => {
  test('puts parts of earlier answers into what is sent and what is expected', async () => {
    const client = clientOf([ok({ Stream: { Shards: [{ Id: 'a' }] } }), ok({ Id: 'a' })]);
    const named = { Id: from('first.Stream.Shards.0.Id') };
    await run(scenario(answers('s.A', {}, {}, { as: 'first' }), answers('s.B', named, named)), client);
    expect(client.inputs).toEqual([{}, { Id: 'a' }]);
  });

  test.each([
    [ok({ Data: utf8('b') }), answers('s.A', {}, { Data: utf8('a') })],
    [ok({ List: ['a', 'b'] }), answers('s.A', {}, { List: ['a'] })],
    [ok({}), refuses('s.A', {}, 'NotFound', /./)],
    [{ error: 'NotFound', message: 'No such thing', status: 404 }, answers('s.A', {})],
    [{ error: 'NotFound', message: 'No such thing', status: 404 }, refuses('s.A', {}, 'NotFound', /thing$/)],
    [{ error: 'NotFound', message: '', status: 400 }, refuses('s.A', {}, 'NotFound', /thing$/)],
    [{ error: 'Other', message: 'No such thing', status: 400 }, refuses('s.A', {}, 'NotFound', /thing$/)],
  ] as const)('fails for %j, and names the client and the step', async (outcome, step) => {
    await expect(run(scenario(step), clientOf([outcome]))).rejects.toThrow('scripted, sample, step 1: s.A');
  });

  test('asks again where what is expected may take its time', async () => {
    const client = clientOf([ok({ State: 'CREATING' }), ok({ State: 'CREATING' }), ok({ State: 'ACTIVE' })]);
    await run(scenario(answers('s.A', {}, { State: 'ACTIVE' }, { eventually: true })), client);
    expect(client.inputs).toHaveLength(3);
  });
});

test('two answers are of one shape if they differ in values, numbers of like members and what is empty', () => {
  const one = ok({ At: { time: '1' }, Data: utf8('a'), List: [{ N: 1 }, { N: 2 }], Empty: [] });
  expect(shapeOf(one, {})).toEqual(
    shapeOf(ok({ Data: { base64: '/w==' }, List: [{ N: 3 }], At: { time: '2' } }), {}),
  );
  for (const other of [{ At: 1 }, { Data: 'a' }, { List: ['N'] }, { More: 0 }]) {
    const { answer } = one as { readonly answer: object };
    expect(shapeOf(ok({ ...answer, ...other }), {})).not.toEqual(shapeOf(one, {}));
  }
  expect(shapeOf(ok({ A: 1 }), { apart: ['A'] })).toEqual(shapeOf(ok({ A: 'x' }), { apart: ['A'] }));
});

test('the JavaScript SDK still speaks HTTP/2 to Kinesis by default', () => {
  const client = new KinesisClient({ region: 'us-east-1' });
  expect(client.config.requestHandler.metadata?.handlerProtocol).toBe('h2');
  client.destroy();
});
