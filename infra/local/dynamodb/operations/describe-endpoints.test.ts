import { DescribeEndpointsCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { GatewayFixture, sdkConfig } from '../../gateway/fixture.ts';
import { createDynamoDB } from '../service.ts';

const fixture = new GatewayFixture();
afterEach(() => fixture.closeAll());

it('tells the address that it was asked at', async () => {
  const gateway = await fixture.open([await createDynamoDB({ folder: null })]);
  const client = fixture.client(new DynamoDBClient(sdkConfig(gateway)));
  expect((await client.send(new DescribeEndpointsCommand({}))).Endpoints).toEqual([
    { Address: `127.0.0.1:${gateway.port}`, CachePeriodInMinutes: 1440 },
  ]);
});
