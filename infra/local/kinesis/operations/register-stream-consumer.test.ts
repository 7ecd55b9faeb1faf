import {
  DescribeStreamConsumerCommand,
  ListStreamConsumersCommand,
  paginateListStreamConsumers,
  RegisterStreamConsumerCommand,
} from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { fanOut } from '../consumers/fixture.ts';
import { type Bench, bench, START } from '../fixture.ts';

const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';
const SECONDS = START / 1000;

async function withStream(StreamName = 's'): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName });
  return b;
}

test('registers a consumer, ACTIVE at once', async () => {
  const b = await withStream();
  b.clock.time += 999;
  expect(b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).toEqual({
    Consumer: {
      ConsumerName: 'c',
      ConsumerARN: `${StreamARN}/consumer/c:${SECONDS}`,
      ConsumerStatus: 'ACTIVE',
      ConsumerCreationTimestamp: SECONDS,
    },
  });
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.ConsumerCount).toBe(1);
});

test('is the same to the SDK', async () => {
  const f = await fanOut();
  await f.createStream();
  const sdkArn = StreamARN.replace('eu-west-1', 'us-west-2');
  const tagged = { StreamARN: sdkArn, ConsumerName: 'c', Tags: { team: 'rides' } };
  const { Consumer } = await f.client.send(new RegisterStreamConsumerCommand(tagged));
  expect(Consumer!.ConsumerCreationTimestamp).toEqual(new Date(START));
  const { ConsumerARN } = Consumer!;
  expect(
    (await f.client.send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription,
  ).toEqual({ ...Consumer, StreamARN: sdkArn });
  const { Consumers } = await f.client.send(new ListStreamConsumersCommand({ StreamARN: sdkArn }));
  expect(Consumers).toEqual([Consumer]);
  await f.register('b');
  const names: (string | undefined)[] = [];
  const pages = paginateListStreamConsumers({ client: f.client, pageSize: 1 }, { StreamARN: sdkArn });
  for await (const page of pages) names.push(...page.Consumers!.map(({ ConsumerName }) => ConsumerName));
  expect(names).toEqual(['b', 'c']);
});

test('refuses a second one of the name, in the same stream only', async () => {
  const b = await withStream();
  b.ok('CreateStream', { StreamName: 't' });
  b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: '__proto__' });
  expect(b.call('RegisterStreamConsumer', { StreamARN, ConsumerName: '__proto__' }).body).toEqual({
    __type: 'ResourceInUseException',
    message: 'Consumer __proto__ under stream s and account 000000000000 already exists.',
  });
  const elsewhere = StreamARN.replace('/s', '/t');
  expect(b.ok('RegisterStreamConsumer', { StreamARN: elsewhere, ConsumerName: '__proto__' })).toBeDefined();
});

test('refuses the twenty-first', async () => {
  const b = await withStream();
  for (let i = 0; i < 20; i++) b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: `c${i}` });
  expect(b.call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c20' }).body.__type).toBe(
    'LimitExceededException',
  );
  b.ok('DeregisterStreamConsumer', { StreamARN, ConsumerName: 'c7' });
  b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c20' });
});

test.each([
  [{ ConsumerName: 'c' }, 'ValidationException'],
  [{ StreamARN }, 'ValidationException'],
  [{ StreamARN, ConsumerName: 'a b' }, 'ValidationException'],
  [{ StreamARN, ConsumerName: 'x'.repeat(129) }, 'ValidationException'],
  [{ StreamARN, ConsumerName: 1 }, 'SerializationException'],
  [{ StreamARN: `${StreamARN}/../x`, ConsumerName: 'c' }, 'ResourceNotFoundException'],
  [{ StreamARN: StreamARN.replace('/s', '/t'), ConsumerName: 'c' }, 'ResourceNotFoundException'],
])('refuses %j', async (input, type) => {
  const b = await withStream();
  expect(b.call('RegisterStreamConsumer', input)).toMatchObject({ status: 400, body: { __type: type } });
});
