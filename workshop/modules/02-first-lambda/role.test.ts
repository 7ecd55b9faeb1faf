import { PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { checkOf, workshopCloud } from '../../testing.ts';
import type { Workbench } from '../../workbench.ts';
import { KINESIS_POLICY, makeRole } from './fixture.ts';
import { firstLambda as module } from './module.ts';

const LAMBDA = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

const detach = (policy: string) =>
  `aws iam detach-role-policy --role-name lambda-cli-role --policy-arn arn:aws:iam::aws:policy/${policy}`;

const ROLES: Record<
  string,
  {
    readonly made: (at: Workbench) => Promise<unknown>;
    readonly verdict?: string;
    readonly found: string;
    readonly next: string;
  }
> = {
  'a role without a policy': {
    made: (at) => makeRole(at, { attached: [] }),
    verdict: 'not yet',
    found: 'no policy is attached to it',
    next: `aws iam attach-role-policy --role-name lambda-cli-role --policy-arn ${KINESIS_POLICY}`,
  },
  'a role that may write logs only': {
    made: (at) =>
      makeRole(at, { attached: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] }),
    verdict: 'not yet',
    found: 'it may do no more than AWSLambdaBasicExecutionRole allows',
    next: `aws iam attach-role-policy --role-name lambda-cli-role --policy-arn ${KINESIS_POLICY}`,
  },
  'a role that may do everything': {
    made: (at) => makeRole(at, { attached: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
    found: 'AdministratorAccess is attached to it, which allows more than the function needs',
    next: detach('AdministratorAccess'),
  },
  'a role that may do everything besides': {
    made: (at) =>
      makeRole(at, { attached: [KINESIS_POLICY, 'arn:aws:iam::aws:policy/AmazonKinesisFullAccess'] }),
    found: 'AmazonKinesisFullAccess is attached to it',
    next: detach('AmazonKinesisFullAccess'),
  },
  'kinesis:* in a policy of its own': {
    made: (at) =>
      makeRole(at, { inline: { streams: [{ Effect: 'Allow', Action: 'kinesis:*', Resource: '*' }] } }),
    found: 'its own policy streams allows kinesis:*, which is more than the function needs',
    next: 'aws iam delete-role-policy --role-name lambda-cli-role --policy-name streams',
  },
  'all but something': {
    made: (at) =>
      makeRole(at, { inline: { most: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] } }),
    found: 'its own policy most allows all but what it names',
    next: 'aws iam delete-role-policy --role-name lambda-cli-role --policy-name most',
  },
  'a role of another service': {
    made: (at) => makeRole(at, { service: 'ec2.amazonaws.com' }),
    found: 'Lambda may not assume it: its trust policy names ec2.amazonaws.com',
    next: 'aws iam update-assume-role-policy --role-name lambda-cli-role',
  },
  'a role of Lambda and another service': {
    made: (at) =>
      trusting(at, [{ ...LAMBDA, Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] } }]),
    found: 'ec2.amazonaws.com may assume it too',
    next: 'aws iam update-assume-role-policy --role-name lambda-cli-role',
  },
  'a role for everyone': {
    made: (at) => trusting(at, [LAMBDA, { ...LAMBDA, Principal: { AWS: '*' } }]),
    found: 'somebody who is no service may assume it too',
    next: 'aws iam update-assume-role-policy --role-name lambda-cli-role',
  },
};

test.each(Object.entries(ROLES))('%s is named', async (_, { made, verdict = 'wrong', found, next }) => {
  const at = await workshopCloud();
  await made(at);
  expect(await checkOf(module, 'role', at)).toMatchObject({
    verdict,
    found: expect.stringContaining(found),
    next: expect.stringContaining(next),
  });
});

test('a policy of its own that allows no more does no harm', async () => {
  const at = await workshopCloud();
  await makeRole(at);
  await at.iam.send(
    new PutRolePolicyCommand({
      RoleName: at.names.cliRole,
      PolicyName: 'own',
      PolicyDocument: document([
        { Effect: 'Allow', Action: ['kinesis:GetRecords', 'logs:PutLogEvents'], Resource: '*' },
        { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' },
      ]),
    }),
  );
  expect(await checkOf(module, 'role', at)).toMatchObject({ verdict: 'passed' });
});

async function trusting(at: Workbench, statements: readonly object[]): Promise<void> {
  await makeRole(at);
  await at.iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: at.names.cliRole,
      PolicyDocument: document(statements),
    }),
  );
}

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
