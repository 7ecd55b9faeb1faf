import { DeletePolicyCommand, GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { AWS_POLICY, IamFixture } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('policies that AWS keeps', () => {
  it('are known, and what those of the guides say', async () => {
    const { client } = await fixture.openIam();
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: AWS_POLICY }));
    expect(Policy).toMatchObject({ PolicyName: 'AWSLambdaKinesisExecutionRole', Path: '/service-role/' });
    const version = (PolicyArn: string) =>
      client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    const document = decodeURIComponent((await version(AWS_POLICY)).PolicyVersion?.Document ?? '');
    expect(JSON.parse(document).Statement[0].Action).toContain('kinesis:GetRecords');
    const other = 'arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess';
    expect((await client.send(new GetPolicyCommand({ PolicyArn: other }))).Policy?.Arn).toBe(other);
    await expect(version(other)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(client.send(new DeletePolicyCommand({ PolicyArn: AWS_POLICY }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});
