import { expect, test } from 'vitest';
import { statements, templateOf } from '../testing.ts';

const template = templateOf('Dashboard', { prefix: 'alice-' });

test('the page may look up unicorns and follow the summaries, and nothing else', () => {
  expect(statements(template)).toEqual([
    'dynamodb:GetItem dynamodb:Query on table/alice-UnicornAlerts',
    'dynamodb:GetItem dynamodb:Query on table/alice-UnicornSensorData',
    'kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards on stream/alice-wildrydes-aggregated',
  ]);
});

test('nobody outside of the account may take the role, and nobody has it for more than an hour', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    RoleName: { 'Fn::Join': ['', ['alice-wildrydes-dashboard-role-', { Ref: 'AWS::Region' }]] },
    MaxSessionDuration: 3_600,
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: {
            AWS: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root'],
              ],
            },
          },
        },
      ],
    },
  });
});

test('there is no identity pool: a guest is the public', () => {
  template.resourceCountIs('AWS::Cognito::IdentityPool', 0);
  expect(Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type)).toEqual([
    'AWS::IAM::Role',
    'AWS::IAM::Policy',
  ]);
});
