import { BatchWriteItemCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../telemetry/clock.ts';
import { MAPPING_DEFAULTS, type Outcome } from '../../lambda/definitions.ts';
import { type EventBatch, eventOf } from '../../lambda/delivery/event-batch.ts';
import { EventSourceMapping, type StreamSource } from '../../lambda/delivery/event-source-mapping.ts';
import { Positions } from '../../lambda/delivery/positions.ts';
import { DynamoDBFixture, ridesTable, type StreamReader } from '../fixture.ts';

/** A table's stream under the Lambda loop. */

const fixture = new DynamoDBFixture();
const running: EventSourceMapping[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mapping) => mapping.stop()));
  await fixture.closeAll();
});

/** Delivers a stream to a function that notes the steps of what it is sent. */
function deliver(service: StreamSource, eventSourceArn: string) {
  const steps: number[] = [];
  const events: object[] = [];
  const invoke = async (batch: EventBatch): Promise<Outcome> => {
    const { Records } = eventOf(batch);
    events.push(...Records);
    for (const record of Records) {
      if (record.eventSource === 'aws:dynamodb') steps.push(Number(stepOf(record)));
    }
    return { requestId: 'r', kind: 'response', payload: 'null' };
  };
  const mapping = new EventSourceMapping({
    mapping: {
      ...MAPPING_DEFAULTS,
      functionName: 'f',
      eventSourceArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: 7,
    },
    kinesis: service,
    positions: new Positions({ folder: null, name: 'f', owner: 'f', log: () => {} }),
    invoke,
    clock: systemClock,
    log: (line) => fixture.log.push(line),
  });
  running.push(mapping);
  return { mapping, steps, events };
}

function stepOf(record: object): string | undefined {
  const { dynamodb } = record as { dynamodb: { Keys: { step: { N: string } } } };
  return dynamodb.Keys.step.N;
}

async function latest(reader: StreamReader): Promise<string> {
  return (await reader.arns()).at(-1) ?? '';
}

it.each([4 * 1024 * 1024, 0])(
  'is delivered in order, from the oldest change to what comes (%i bytes in memory), and ends with its table',
  async (tailBytes) => {
    const { client, service, reader } = await fixture.open({ tailBytes });
    await client.send(ridesTable('NEW_AND_OLD_IMAGES'));
    const put = (step: number) => ({ PutRequest: { Item: { Name: { S: 'a' }, step: { N: String(step) } } } });
    const Rides = Array.from({ length: 25 }, (_, step) => put(step));
    await client.send(new BatchWriteItemCommand({ RequestItems: { Rides } }));
    const arn = await latest(reader);
    const { mapping, steps, events } = deliver(service, arn);
    await expect.poll(() => steps.length).toBe(25);
    for (let step = 25; step < 60; step++) {
      await client.send(new PutItemCommand({ TableName: 'Rides', ...put(step).PutRequest }));
    }
    await client.send(new DeleteTableCommand({ TableName: 'Rides' }));
    await expect.poll(() => steps.length).toBe(60);
    const told = (await reader.all()).map(({ dynamodb }) => Number(dynamodb?.Keys?.step?.N));
    expect(steps).toEqual(told);
    expect(events[0]).toMatchObject({ eventName: 'INSERT', eventSourceARN: arn });
    await vi.waitFor(() => expect(mapping.status().shards[0]?.behind).toBe(0));
    expect(fixture.log).toEqual([]);
  },
);
