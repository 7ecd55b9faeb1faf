import {
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

describe('a retention policy', () => {
  it('is put and deleted', async () => {
    const { client } = await fixture.openGroup();
    const retention = async () =>
      (await client.send(new DescribeLogGroupsCommand({}))).logGroups?.[0]?.retentionInDays;
    await client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 7 }));
    expect(await retention()).toBe(7);
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName: 'g' }));
    expect(await retention()).toBeUndefined();
  });

  it.each([0, 2, -1, 3654])('cannot be %d days', async (retentionInDays) => {
    const { client } = await fixture.openGroup();
    await expect(
      client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(`Value '${retentionInDays}' at 'retentionInDays'`),
    });
  });
});
