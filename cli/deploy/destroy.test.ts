import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../infra/aws/settings.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import { type DestroyRequest, destroy } from './destroy.ts';
import { stack, testWorld } from './fixture.ts';

function request(stacks?: readonly StackName[], yes = true): DestroyRequest {
  return {
    prefix: 'alice-',
    stacks,
    application: 'alice-wildrydes-aggregation',
    again: ' --prefix alice',
    yes,
  };
}

const bucket = (of: StackName, id: string, status = 'CREATE_COMPLETE') => ({
  stack: of,
  type: 'AWS::S3::Bucket',
  id,
  status,
});

describe('destroy', () => {
  test('lists, stops, empties, destroys the last first, and looks at what is left', async () => {
    const { world, state, done, told, printed, requests } = testWorld();
    state.stacks = [stack('Streaming'), stack('Aggregation'), stack('Archive')];
    state.resources = [
      bucket('Archive', 'alice-wildrydes-archive-1'),
      { stack: 'Streaming', type: 'AWS::Kinesis::Stream', id: 'alice-wildrydes', status: 'CREATE_COMPLETE' },
    ];
    state.answer = true;
    await destroy(request(undefined, false), world);
    expect(done).toEqual([
      ...['cdk?', 'region', 'credentials', 'stacks', 'ask: Destroy it, with everything in it? [y/N] '],
      ...['stop alice-wildrydes-aggregation', 'empty alice-wildrydes-archive-1', 'cdk destroy'],
      ...['stacks', 'stacks'],
    ]);
    const named = ['Archive', 'Aggregation', 'Streaming'].map((name) => `alice-wildrydes-${name}`);
    expect(requests).toEqual([
      {
        act: 'destroy',
        stackNames: named,
        region: 'us-west-2',
        settings: { ...DEFAULT_SETTINGS, prefix: 'alice-', stacks: ['Streaming', 'Aggregation', 'Archive'] },
      },
    ]);
    const shown = told.join('\n');
    expect(shown).toContain('stream alice-wildrydes');
    expect(shown).toContain('12,345 objects, 2 unfinished uploads deleted');
    expect(printed[0]?.lines).toEqual(['3 stacks destroyed', 'nothing that costs money is left']);
    expect(printed[0]?.value).toMatchObject({ destroyed: named, left: [], unseen: [] });
  });

  test('of a stack takes what stands on it, and leaves the others', async () => {
    const { world, state, requests, printed, done } = testWorld();
    state.stacks = (['Streaming', 'Processing', 'Alerting', 'Files', 'Dashboard'] as const).map((name) =>
      stack(name),
    );
    state.remains = { left: [{ what: 'stream', name: 'alice-wildrydes' }], unseen: [] };
    await destroy(request(['Processing']), world);
    expect(requests[0]?.stackNames).toEqual(
      ['Dashboard', 'Files', 'Processing'].map((name) => `alice-wildrydes-${name}`),
    );
    expect(printed[0]?.lines).toEqual([
      '3 stacks destroyed',
      'of what was named, nothing that costs money is left',
    ]);
    expect(done).not.toContain('stop alice-wildrydes-aggregation');
  });

  test('goes on when the application does not stop: AWS deletes one that runs too', async () => {
    const { world, state, told, printed, requests } = testWorld();
    state.stacks = [stack('Streaming'), stack('Aggregation')];
    state.fails = { at: 'stop alice-wildrydes-aggregation', error: new Error('it is AUTOSCALING') };
    await destroy(request(), world);
    expect(told).toContain(
      'application alice-wildrydes-aggregation: does not stop, and is deleted as it is: it is AUTOSCALING',
    );
    expect(requests.map(({ act }) => act)).toEqual(['destroy']);
    expect(printed[0]?.lines).toEqual(['2 stacks destroyed', 'nothing that costs money is left']);
  });

  test('empties again what came meanwhile', async () => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Streaming'), stack('Archive')];
    state.resources = [bucket('Archive', 'b'), bucket('Streaming', 'q', 'DELETE_COMPLETE')];
    let attempts = 0;
    state.cdk = () => {
      state.stacks =
        ++attempts === 1 ? [stack('Streaming'), stack('Archive', 'DELETE_FAILED', 'not empty')] : [];
      return attempts === 1 ? 1 : 0;
    };
    await destroy(request(), world);
    expect(done.filter((each) => /^(empty|cdk )/.test(each))).toEqual([
      'empty b',
      'cdk destroy',
      'empty b',
      'cdk destroy',
    ]);
  });

  test('gives up at a stack that does not go, with its reason', async () => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Archive')];
    state.cdk = () => {
      state.stacks = [stack('Archive', 'DELETE_FAILED', 'role is gone')];
      return 1;
    };
    await expect(destroy(request(), world)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(
        /alice-wildrydes-Archive is still there: DELETE_FAILED, role is gone.*status 1/,
      ),
    });
    expect(done.filter((each) => each === 'cdk destroy')).toHaveLength(3);
  });

  test('does not try again what cdk did not even begin', async () => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Streaming')];
    state.cdk = () => 1;
    await expect(destroy(request(), world)).rejects.toThrow(/CREATE_COMPLETE.*status 1/);
    expect(done.filter((each) => each === 'cdk destroy')).toHaveLength(1);
  });

  test.each([
    ['a no', false],
    ['nobody there', undefined],
  ])('touches nothing after %s', async (_, answer) => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Aggregation')];
    state.answer = answer;
    await expect(destroy(request(undefined, false), world)).rejects.toMatchObject({ code: 'USAGE' });
    expect(done.filter((each) => /^(stop|empty|cdk )/.test(each))).toEqual([]);
  });

  test('waits for nobody who is at it', async () => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Streaming', 'CREATE_IN_PROGRESS')];
    await expect(destroy(request(), world)).rejects.toThrow('CREATE_IN_PROGRESS');
    expect(done).not.toContain('cdk destroy');
  });

  test('interrupted while it empties, begins nothing else', async () => {
    const { world, state, done, interrupt } = testWorld();
    state.stacks = [stack('Archive')];
    state.resources = [bucket('Archive', 'a'), bucket('Archive', 'b')];
    interrupt();
    await expect(destroy(request(), world)).rejects.toMatchObject({ name: 'AbortError' });
    expect(done.filter((each) => /^(empty|cdk )/.test(each))).toEqual([]);
  });
});

describe('what is left', () => {
  const domain = { stack: 'Search', type: 'AWS::OpenSearchService::Domain', id: 'alice-wildrydes' } as const;

  test('is named, also where no stack is any more', async () => {
    const { world, state, printed, done } = testWorld();
    state.remains = {
      left: [{ what: 'log group', name: '/aws/lambda/alice-WildRydesArchiver' }],
      unseen: [],
    };
    state.skipped = [
      { ...domain, status: 'DELETE_SKIPPED' },
      // Lists tell of these: whether a stream is there is seen, not guessed.
      { stack: 'Streaming', type: 'AWS::Kinesis::Stream', id: 'alice-wildrydes', status: 'DELETE_SKIPPED' },
    ];
    await expect(destroy(request(), world)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: '2 things that may cost money are left',
    });
    expect(printed[0]?.lines).toEqual([
      'there was no stack',
      'left: search domain alice-wildrydes (CloudFormation left it: DELETE_SKIPPED)',
      'left: log group /aws/lambda/alice-WildRydesArchiver',
    ]);
    expect(done).not.toContain('cdk destroy');
  });

  test('is not known of what may not be looked at', async () => {
    const { world, state, printed } = testWorld();
    state.remains = { left: [], unseen: [{ what: 'bucket', reason: 'Access Denied' }] };
    await expect(destroy(request(), world)).rejects.toThrow('nobody knows whether anything is left');
    expect(printed[0]?.lines).toContain('not looked at: buckets, Access Denied');
  });

  test('is not what a later deployment has', async () => {
    const { world, state, printed } = testWorld();
    state.stacks = [stack('Streaming'), stack('Processing'), stack('Search'), stack('Files')];
    state.skipped = [{ ...domain, status: 'DELETE_SKIPPED' }];
    await destroy(request(['Files']), world);
    expect(printed[0]?.lines[0]).toBe('1 stack destroyed');
  });
});
