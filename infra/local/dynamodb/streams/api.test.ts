import { afterEach, describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../gateway/service.ts';
import { DynamoDBFixture } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

async function ask(target: string, body: string) {
  const { service } = await fixture.open();
  const request: ApiRequest = {
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': target },
    operation: target.slice(target.indexOf('.') + 1),
    region: 'us-east-1',
    body: Buffer.from(body),
  };
  const answer = await service.handle(request);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/x-amz-json-1.0' });
  return { status: answer.status, ...(JSON.parse(String(answer.body)) as Record<string, string>) };
}

describe('the API of streams', () => {
  it('names what it does not offer', async () => {
    expect(await ask('DynamoDBStreams_20120810.SplitShard', '{}')).toMatchObject({
      status: 400,
      __type: 'UnknownOperationException',
      message: expect.stringContaining('does not offer SplitShard. It offers DescribeStream, GetRecords'),
    });
    expect(await ask('DynamoDBStreams_20120810.PutItem', '{}')).toMatchObject({ status: 400 });
  });

  it.each(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'])(
    'answers %s of any body as a fault of the request',
    async (operation) => {
      const bodies = ['', '{', 'null', '[]', '1', '{"StreamArn":1}', '{"TableName":{},"ShardIterator":[]}'];
      for (const body of [...bodies, '{"__proto__":{"Limit":-1},"Limit":"constructor"}']) {
        const answer = await ask(`DynamoDBStreams_20120810.${operation}`, body);
        if (operation === 'ListStreams' && answer.status === 200) continue; // asks for nothing
        expect([body, answer.status]).toEqual([body, 400]);
      }
      expect(fixture.log).toEqual([]);
    },
  );
});
