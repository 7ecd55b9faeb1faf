import { DeleteDeliveryStreamCommand, ListDeliveryStreamsCommand } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { FirehoseFixture } from '../fixture.ts';

const fixture = new FirehoseFixture();
afterEach(() => fixture.closeAll());

describe('ListDeliveryStreams', () => {
  it('gives names in their order, ten at a time, those that exist', async () => {
    const { client, create } = await fixture.openFirehose();
    for (let i = 0; i < 12; i++) await create({}, { DeliveryStreamName: `s${10 + i}` });
    await client.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: 's11' }));
    const first = await client.send(new ListDeliveryStreamsCommand({}));
    expect(first).toMatchObject({ HasMoreDeliveryStreams: true });
    expect(first.DeliveryStreamNames).toHaveLength(10);
    const ExclusiveStartDeliveryStreamName = first.DeliveryStreamNames?.at(-1);
    const second = await client.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName }));
    expect(second).toMatchObject({ DeliveryStreamNames: ['s21'], HasMoreDeliveryStreams: false });
    const ofStreams = new ListDeliveryStreamsCommand({ DeliveryStreamType: 'KinesisStreamAsSource' });
    expect((await client.send(ofStreams)).DeliveryStreamNames).toEqual([]);
  });
});
