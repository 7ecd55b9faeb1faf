import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture, START } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

const arnOf = (name: string) => `arn:aws:logs:us-west-2:000000000000:log-group:${name}`;

describe('CreateLogGroup', () => {
  it('creates a group, once', async () => {
    const { client } = await fixture.openLogs();
    const create = new CreateLogGroupCommand({ logGroupName: '/aws/lambda/neigh' });
    await client.send(create);
    expect((await client.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([
      {
        logGroupName: '/aws/lambda/neigh',
        creationTime: START,
        metricFilterCount: 0,
        arn: `${arnOf('/aws/lambda/neigh')}:*`,
        logGroupArn: arnOf('/aws/lambda/neigh'),
        storedBytes: 0,
        logGroupClass: 'STANDARD',
      },
    ]);
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each(['', 'with space', 'a:b', 'ümlaut', 'x'.repeat(513)])(
    'refuses the name %j',
    async (logGroupName) => {
      const { client } = await fixture.openLogs();
      await expect(client.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining("at 'logGroupName' failed to satisfy constraint: Member must"),
      });
    },
  );

  it.each(['__proto__', 'constructor', '..', '../../etc', '/'])(
    'takes %j as a name like others',
    async (logGroupName) => {
      const { client } = await fixture.openLogs();
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
      expect(logGroups).toMatchObject([{ logGroupName }]);
      await client.send(new DeleteLogGroupCommand({ logGroupName }));
    },
  );
});
