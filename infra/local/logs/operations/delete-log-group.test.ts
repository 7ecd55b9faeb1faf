import { DeleteLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteLogGroup', () => {
  it('deletes a group, and knows what is none', async () => {
    const { client } = await fixture.openGroup('s');
    await client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }));
    expect((await client.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
    await expect(client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });
});
