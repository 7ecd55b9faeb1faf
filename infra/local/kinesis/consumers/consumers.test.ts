import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../child-fixture.ts';
import { bench, handClock, temporaryFolder } from '../fixture.ts';
import { createKinesis } from '../service.ts';
import { Streams } from '../store/streams.ts';
import { Consumers } from './consumers.ts';

const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';
const register = { StreamARN, ConsumerName: 'c' };

test('are there when Kinesis is opened again', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const { Consumer } = b.ok('RegisterStreamConsumer', register);
  await b.reopen();
  expect(b.ok('ListStreamConsumers', { StreamARN }).Consumers).toEqual([Consumer]);
});

test('are gone with their stream, which is deleted with them only if told so', async () => {
  const b = await bench();
  const named = { StreamName: 's' };
  b.ok('CreateStream', named);
  b.ok('RegisterStreamConsumer', register);
  for (const EnforceConsumerDeletion of [undefined, false]) {
    expect(b.call('DeleteStream', { ...named, EnforceConsumerDeletion }).body).toEqual({
      __type: 'ResourceInUseException',
      message:
        "DeleteStream can't delete 000000000000:s because there are consumers associated with this data stream. " +
        'To delete s anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the ' +
        'consumers that are associated with it.',
    });
  }
  b.ok('DeleteStream', { ...named, EnforceConsumerDeletion: true });
  b.ok('CreateStream', named);
  expect(b.ok('ListStreamConsumers', { StreamARN }).Consumers).toEqual([]);
  expect(readFileSync(join(b.folder, 'consumers.json'), 'utf8')).not.toContain('consumer/c');
});

test('of a stream that was deleted just before a crash are forgotten at the next start', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('RegisterStreamConsumer', register);
  rmSync(join(b.folder, 's'), { recursive: true });
  await b.reopen();
  expect(readFileSync(join(b.folder, 'consumers.json'), 'utf8')).not.toContain('consumer/c');
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.ok('ListStreamConsumers', { StreamARN }).Consumers).toEqual([]);
});

test('keep their tags, and take others', async () => {
  const folder = temporaryFolder();
  const clock = handClock();
  const log = () => {};
  const options = { now: () => clock.now(), log };
  const streams = Streams.open(folder, {
    ...options,
    write: () => 0,
    segmentBytes: 1 << 20,
    tailBytes: 1 << 20,
  });
  onTestFinished(() => streams.close());
  const stream = streams.create({
    streamName: 's',
    region: 'eu-west-1',
    mode: 'PROVISIONED',
    shardCount: 1,
    retentionHours: 24,
  });
  const file = join(folder, 'consumers.json');
  const consumers = Consumers.open({ file, ...options });
  const consumer = consumers.register(stream, 'c', [['team', 'rides']]);
  expect(Consumers.open({ file, ...options }).named(stream, 'c')).toEqual(consumer);
  consumers.retag(stream, consumer, [['__proto__', 'x']]);
  expect(Consumers.open({ file, ...options }).of(stream)).toEqual([
    { ...consumer, tags: [['__proto__', 'x']] },
  ]);
});

test('keep Kinesis from opening when their file is damaged, and stay as they are', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('RegisterStreamConsumer', register);
  await b.kinesis.close();
  const file = join(b.folder, 'consumers.json');
  const damaged = readFileSync(file, 'utf8').replace('"c"', '"d"');
  writeFileSync(file, damaged);
  await expect(createKinesis({ folder: b.folder, clock: b.clock })).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
  });
  expect(readFileSync(file, 'utf8')).toBe(damaged);
});

test('that were acknowledged are there after kill -9', async () => {
  const folder = join(temporaryFolder(), 'state');
  const child = await startChild(`
    import { createKinesis } from './kinesis/service.ts';
    const kinesis = await createKinesis({
      folder: ${JSON.stringify(folder)},
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
    });
    const call = (operation, body) => kinesis.handle({
      method: 'POST', path: '/', headers: {}, body: Buffer.from(JSON.stringify(body)), operation, region: 'eu-west-1',
    });
    call('CreateStream', { StreamName: 's' });
    for (let i = 0; i < 12; i++) {
      const { body } = call('RegisterStreamConsumer', { StreamARN: ${JSON.stringify(StreamARN)}, ConsumerName: 'c' + i });
      console.log(JSON.parse(body).Consumer.ConsumerARN);
    }
    setInterval(() => {}, 1000);
  `);
  await child.line(`${StreamARN}/consumer/c11:`);
  await child.kill();
  expect(existsSync(join(folder, 'consumers.json'))).toBe(true);
  const b = await bench({ folder });
  const found = b.ok('ListStreamConsumers', { StreamARN }).Consumers as { readonly ConsumerARN: string }[];
  expect(new Set(found.map(({ ConsumerARN }) => ConsumerARN))).toEqual(new Set(child.lines));
});
