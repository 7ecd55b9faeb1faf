import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandInput,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

const arnOf = (name: string) => `arn:aws:logs:us-west-2:000000000000:log-group:${name}`;

describe('DescribeLogGroups', () => {
  it('finds groups by prefix, by a part, and by name or ARN', async () => {
    const { client } = await fixture.openLogs();
    for (const logGroupName of ['/aws/lambda/b', 'DataLogs', '/aws/lambda/a']) {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
    }
    const names = async (input: DescribeLogGroupsCommandInput) =>
      (await client.send(new DescribeLogGroupsCommand(input))).logGroups?.map(
        ({ logGroupName }) => logGroupName,
      );
    expect(await names({})).toEqual(['/aws/lambda/a', '/aws/lambda/b', 'DataLogs']);
    expect(await names({ logGroupNamePrefix: '/aws/lambda/' })).toEqual(['/aws/lambda/a', '/aws/lambda/b']);
    expect(await names({ logGroupNamePattern: 'Logs' })).toEqual(['DataLogs']);
    expect(await names({ logGroupNamePattern: 'logs' })).toEqual([]);
    expect(await names({ logGroupIdentifiers: [arnOf('DataLogs'), '/aws/lambda/a'] })).toEqual([
      '/aws/lambda/a',
      'DataLogs',
    ]);
    await expect(names({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('gives every group once, in pages', async () => {
    const { client } = await fixture.openLogs();
    const names = Array.from({ length: 7 }, (_, i) => `group-${i}`);
    for (const logGroupName of names) await client.send(new CreateLogGroupCommand({ logGroupName }));
    const pages: (string | undefined)[][] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client, pageSize: 3 }, {})) {
      pages.push(logGroups.map(({ logGroupName }) => logGroupName));
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(names);
    await expect(client.send(new DescribeLogGroupsCommand({ nextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    });
  });
});
