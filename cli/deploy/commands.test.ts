import { describe, expect, test } from 'vitest';
import {
  type CannedError,
  type CannedStack,
  cloudFormationOf,
} from '../../infra/aws/account/cloudformation-fixture.ts';
import { wildrydes } from '../../test/kit.ts';

/** The commands as they are typed, towards a server that answers as CloudFormation and STS do. */

async function typed(args: readonly string[], stacks: readonly CannedStack[], refusal?: CannedError) {
  const { endpoint } = await cloudFormationOf(stacks, refusal);
  return wildrydes([...args, '--endpoint', endpoint], {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
  }).finished;
}

const STREAMING: CannedStack = {
  name: 'alice-wildrydes-Streaming',
  status: 'CREATE_COMPLETE',
  resources: [
    { type: 'AWS::Kinesis::Stream', id: 'alice-wildrydes' },
    { type: 'AWS::IAM::Role', id: 'alice-role' },
    { type: 'AWS::Logs::LogGroup', id: '/aws/lambda/alice-x' },
  ],
};

describe('outputs', () => {
  test('for a program: one object with everything', async () => {
    const { status, stdout, stderr } = await typed(['outputs', '--prefix', 'alice', '--json'], [STREAMING]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      account: '111122223333',
      region: 'us-east-1',
      prefix: 'alice',
      stacks: [{ name: 'Streaming', status: 'CREATE_COMPLETE', reason: null }],
      resources: [
        {
          stack: 'Streaming',
          kind: 'stream',
          name: 'alice-wildrydes',
          arn: 'arn:aws:kinesis:us-east-1:111122223333:stream/alice-wildrydes',
        },
        { kind: 'log group', name: '/aws/lambda/alice-x' },
      ],
    });
  });

  test('for a person: names and ARNs, no links to a console that does not show them, and numbers of what there are many of', async () => {
    const { stdout } = await typed(['outputs', '--prefix', 'alice'], [STREAMING]);
    expect(stdout).toContain('alice-wildrydes-Streaming  CREATE_COMPLETE');
    expect(stdout).toMatch(
      / {2}stream +alice-wildrydes\n +arn:aws:kinesis:us-east-1:\d+:stream\/alice-wildrydes\n/,
    );
    expect(stdout).toContain('1 log group, which --json names');
  });

  test('of nothing is an error that tells how to change that', async () => {
    const { status, stderr } = await typed(['outputs', '--prefix', 'bob'], [STREAMING]);
    expect(status).toBe(3);
    expect(stderr).toContain('./wildrydes deploy --prefix bob');
  });
});

describe('what AWS refuses is told plainly', () => {
  test.each([
    ['ExpiredToken', /the credentials have expired\nGet new ones: aws sso login/],
    ['InvalidClientTokenId', /AWS does not know these credentials/],
    ['AccessDenied', /AWS refuses: not you\nHave whoever manages the account/],
  ])('%s', async (code, expected) => {
    const { status, stderr } = await typed(['outputs'], [], { status: 403, code, message: 'not you' });
    expect(status).toBe(3);
    expect(stderr).toMatch(expected);
  });
});

test('a name that leads nowhere, as that of a region that there is not', async () => {
  const { status, stderr } = await wildrydes(['outputs', '--endpoint', 'http://sts.nowhere.invalid'], {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_MAX_ATTEMPTS: '1',
  }).finished;
  expect(status).toBe(3);
  expect(stderr).toMatch(
    /^error nothing answers: .*sts\.nowhere\.invalid\nCheck the network, and the region: /,
  );
});

describe('without a terminal', () => {
  test('deploy tells what it would do, and does not do it', async () => {
    const toolkit = { name: 'CDKToolkit', status: 'CREATE_COMPLETE', outputs: { BootstrapVersion: '27' } };
    const { status, stdout, stderr } = await typed(['deploy', '--stack', 'Processing'], [toolkit]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/new +Streaming, Processing/);
    expect(stderr).toContain('Say --yes');
  });

  test('destroy does not either', async () => {
    const { status, stderr } = await typed(['destroy', '--prefix', 'alice'], [STREAMING]);
    expect(status).toBe(2);
    expect(stderr).toContain('stream alice-wildrydes');
  });
});
