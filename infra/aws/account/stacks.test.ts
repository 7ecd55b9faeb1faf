import { describe, expect, test } from 'vitest';
import { cloudFormationOf, idOf } from './cloudformation-fixture.ts';
import { bootstrapVersion, deployedStacks, leftByDeletion, resourcesOf } from './stacks.ts';

describe('the stacks of a prefix', () => {
  test('are found in the order of their deployment, each with its state', async () => {
    const reason = 'The following resource(s) failed to create: [Table]';
    const { client } = await cloudFormationOf([
      { name: 'alice-wildrydes-Processing', status: 'ROLLBACK_COMPLETE', reason },
      { name: 'alice-wildrydes-Streaming', status: 'UPDATE_IN_PROGRESS' },
      { name: 'wildrydes-Streaming', status: 'CREATE_COMPLETE' },
    ]);
    expect(await deployedStacks(client, 'alice-')).toMatchObject([
      { name: 'Streaming', stackName: 'alice-wildrydes-Streaming', status: 'UPDATE_IN_PROGRESS' },
      { name: 'Processing', status: 'ROLLBACK_COMPLETE', reason },
    ]);
    expect(await deployedStacks(client, 'bob-')).toEqual([]);
  });

  test.each([
    [403, 'ExpiredToken', 'The security token included in the request is expired'],
    [403, 'AccessDenied', 'User: alice is not authorized to perform: cloudformation:DescribeStacks'],
    [400, 'ValidationError', '1 validation error detected'],
  ])('cannot be asked for: %i %s', async (status, code, message) => {
    const { client } = await cloudFormationOf([], { status, code, message });
    await expect(deployedStacks(client, '')).rejects.toMatchObject({ name: code, message });
    await expect(bootstrapVersion(client)).rejects.toMatchObject({ name: code });
  });
});

describe('what cdk bootstrap made', () => {
  test.each([
    ['CREATE_COMPLETE', '27', 27],
    ['UPDATE_ROLLBACK_COMPLETE', '6', 6],
    ['ROLLBACK_COMPLETE', '27', undefined],
    ['DELETE_IN_PROGRESS', '27', undefined],
  ])('%s, version %s', async (status, version, expected) => {
    const { client } = await cloudFormationOf([
      { name: 'CDKToolkit', status, outputs: { BucketName: 'b', BootstrapVersion: version } },
    ]);
    expect(await bootstrapVersion(client)).toBe(expected);
  });

  test('is not there, or is of the first version of the CDK', async () => {
    const { client } = await cloudFormationOf([]);
    expect(await bootstrapVersion(client)).toBeUndefined();
    const { client: old } = await cloudFormationOf([{ name: 'CDKToolkit', status: 'CREATE_COMPLETE' }]);
    expect(await bootstrapVersion(old)).toBeUndefined();
  });
});

test('all of a stack’s resources, over several pages', async () => {
  const stack = {
    name: 'wildrydes-Streaming',
    status: 'CREATE_COMPLETE',
    resources: ['a', 'b', 'c', '', 'e'].map((id) => ({ type: 'AWS::Kinesis::Stream', id })),
  };
  const { client } = await cloudFormationOf([stack]);
  const found = await resourcesOf(client, { name: 'Streaming', id: idOf(stack) });
  expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'e']);
  expect(found[0]).toEqual({
    stack: 'Streaming',
    type: 'AWS::Kinesis::Stream',
    id: 'a',
    status: 'CREATE_COMPLETE',
  });
});

test('what a deletion left is told of the last deletion of each stack, and of this prefix alone', async () => {
  const left = { type: 'AWS::OpenSearchService::Domain', id: 'alice-wildrydes', status: 'DELETE_SKIPPED' };
  const gone = { type: 'AWS::CloudWatch::Alarm', id: 'alice-behind', status: 'DELETE_COMPLETE' };
  const deletion = (name: string, id: string, deleted: string, resources: (typeof left)[]) => ({
    name,
    id,
    deleted,
    resources,
    status: 'DELETE_COMPLETE',
  });
  const { client } = await cloudFormationOf([
    deletion('alice-wildrydes-Streaming', 'first', '2026-11-01T00:00:00Z', [left]),
    deletion('alice-wildrydes-Streaming', 'last', '2026-11-02T00:00:00Z', [gone]),
    deletion('alice-wildrydes-Search', 'search', '2026-11-01T00:00:00Z', [gone, left]),
    deletion('bob-wildrydes-Search', 'other', '2026-11-03T00:00:00Z', [left]),
  ]);
  expect(await leftByDeletion(client, 'alice-')).toEqual([{ stack: 'Search', ...left }]);
});
