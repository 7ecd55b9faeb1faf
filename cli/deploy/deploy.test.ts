import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../infra/aws/settings.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { type DeployRequest, deploy } from './deploy.ts';
import { stack, testWorld } from './fixture.ts';

function request(stacks: readonly StackName[], more: Partial<DeployRequest> = {}): DeployRequest {
  return {
    settings: { ...DEFAULT_SETTINGS, prefix: 'alice-', stacks },
    profile: undefined,
    application: 'alice-wildrydes-aggregation',
    again: ' --prefix alice --region us-west-2',
    yes: true,
    dryRun: false,
    ...more,
  };
}

describe('deploy', () => {
  test('checks what is here, then what is there, and only then does anything', async () => {
    const { world, done, requests } = testWorld();
    await deploy(request(['Aggregation']), world);
    expect(done).toEqual([
      ...['cdk?', 'java?', 'region', 'credentials', 'bootstrap', 'stacks'],
      ...['jar', 'cdk deploy', 'start alice-wildrydes-aggregation', 'stacks'],
    ]);
    expect(requests).toMatchObject([
      {
        stackNames: ['alice-wildrydes-Streaming', 'alice-wildrydes-Aggregation'],
        region: 'us-west-2',
        settings: { prefix: 'alice-', stacks: ['Streaming', 'Aggregation'], jar: '/built.jar' },
      },
    ]);
  });

  test('without the aggregation needs no Java, and starts nothing', async () => {
    const { world, done, requests } = testWorld();
    await deploy(request(['Processing']), world);
    expect(done).not.toContain('java?');
    expect(done.slice(-2)).toEqual(['cdk deploy', 'stacks']);
    expect(requests[0]?.settings.jar).toBeUndefined();
  });

  test('leaves what is there and was not named as it is, and has the app know of it', async () => {
    const { world, state, requests } = testWorld();
    state.stacks = [stack('Streaming'), stack('Processing')];
    await deploy(request(['Processing', 'Files']), world);
    expect(requests[0]?.stackNames).toEqual(['alice-wildrydes-Processing', 'alice-wildrydes-Files']);
    expect(requests[0]?.settings.stacks).toEqual(['Streaming', 'Processing', 'Files']);
  });

  test('makes what a stack stands on and has but a name so far', async () => {
    const { world, state, requests } = testWorld();
    state.stacks = [stack('Streaming', 'REVIEW_IN_PROGRESS')];
    await deploy(request(['Processing']), world);
    expect(requests[0]?.stackNames).toEqual(['alice-wildrydes-Streaming', 'alice-wildrydes-Processing']);
  });

  test('shows account, region, stacks and cost, and asks', async () => {
    const { world, state, told, done, printed } = testWorld();
    state.stacks = [stack('Streaming')];
    state.answer = true;
    await deploy(request(['Streaming', 'Processing'], { yes: false }), world);
    const shown = told.join('\n');
    for (const expected of [
      /account +111122223333, as arn:aws:iam::111122223333:user\/alice/,
      /region +us-west-2/,
      /prefix +alice/,
      /new +Processing/,
      /changed +Streaming/,
      /cost +about \$\d+\.\d\d for an hour.*\$\d+ for a month left alone, by the prices of us-east-1/,
    ]) {
      expect(shown).toMatch(expected);
    }
    expect(done.indexOf('ask: Deploy it? [y/N] ')).toBe(done.indexOf('cdk deploy') - 1);
    expect(printed[0]?.lines.slice(-2)).toEqual([
      'Feed it:       ./producer --prefix alice --region us-west-2 --name Rocinante',
      'Take it away:  ./wildrydes destroy --prefix alice --region us-west-2',
    ]);
  });

  test('does what the guides say: the producer, by its region', async () => {
    const { world, printed } = testWorld();
    const settings = { ...DEFAULT_SETTINGS, stacks: ['Streaming'] as const };
    await deploy(request([], { settings, again: '' }), world);
    expect(printed[0]?.lines).toContain('Feed it:       ./producer --region us-west-2 --name Rocinante');
  });

  test.each([
    ['a no', false, /not confirmed/],
    ['nobody there', undefined, /no terminal/],
  ])('does nothing after %s', async (_, answer, message) => {
    const { world, state, done } = testWorld();
    state.answer = answer;
    await expect(deploy(request(['Streaming'], { yes: false }), world)).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    );
    expect(done).not.toContain('cdk deploy');
  });

  test('only tells what it would do, and asks nobody', async () => {
    const { world, done, printed } = testWorld();
    await deploy(request(['Processing'], { dryRun: true, yes: false }), world);
    expect(done).toEqual(['cdk?', 'region', 'credentials', 'bootstrap', 'stacks']);
    expect(printed[0]?.value).toMatchObject({ dryRun: true, deploys: ['Streaming', 'Processing'] });
  });
});

describe('deploy stops before it spends', () => {
  test.each(['cdk?', 'java?', 'region', 'credentials', 'bootstrap', 'stacks', 'jar'])('at %s', async (at) => {
    const { world, state, done } = testWorld();
    state.fails = { at, error: new WildRydesError('NOT_FOUND', 'no') };
    await expect(deploy(request(['Aggregation']), world)).rejects.toThrow('no');
    expect(done.at(-1)).toBe(at);
  });

  test.each([
    [undefined, /not prepared in account 111122223333, region us-west-2/],
    [5, /too old: version 5, wanted 6/],
  ])('where the bootstrap has version %s', async (version, message) => {
    const { world, state } = testWorld();
    state.bootstrap = version;
    await expect(deploy(request(['Streaming'], { profile: 'workshop' }), world)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(message),
      next: expect.stringContaining('bootstrap aws://111122223333/us-west-2 --profile workshop'),
    });
  });

  test.each([
    ['ROLLBACK_COMPLETE', './wildrydes destroy --stack Processing --prefix alice'],
    ['DELETE_FAILED', './wildrydes destroy --stack Processing'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name alice-wildrydes-Processing'],
    ['UPDATE_IN_PROGRESS', 'Wait until it has settled'],
    ['DELETE_IN_PROGRESS', 'Wait until it has settled'],
  ])('at a stack in %s', async (status, next) => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Streaming'), stack('Processing', status, 'why')];
    await expect(deploy(request(['Files']), world)).rejects.toMatchObject({
      message: expect.stringContaining(status),
      next: expect.stringContaining(next),
    });
    expect(done).not.toContain('cdk deploy');
  });

  test.each(['REVIEW_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'])('but not at one in %s', async (status) => {
    const { world, state, done } = testWorld();
    state.stacks = [stack('Streaming', status)];
    await deploy(request(['Streaming']), world);
    expect(done).toContain('cdk deploy');
  });
});

test('when the application does not start, the stacks are there all the same, and it is told how to go on', async () => {
  const { world, state, told, printed } = testWorld();
  state.fails = { at: 'start alice-wildrydes-aggregation', error: new Error('no code') };
  await expect(deploy(request(['Aggregation']), world)).rejects.toThrow('no code');
  expect(told.at(-1)).toContain('./wildrydes aggregation start --prefix alice --region us-west-2');
  expect(printed).toEqual([]);
});

describe('when cdk', () => {
  test('fails, its status is told, and nothing is started', async () => {
    const { world, state, done } = testWorld();
    state.cdk = () => 1;
    await expect(deploy(request(['Aggregation']), world)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('status 1'),
      next: expect.stringContaining('./wildrydes destroy --prefix alice'),
    });
    expect(done.at(-1)).toBe('cdk deploy');
  });

  test('was interrupted, nothing follows', async () => {
    const { world, state, done, interrupt } = testWorld();
    state.cdk = () => {
      interrupt();
      return 0;
    };
    await expect(deploy(request(['Aggregation']), world)).rejects.toMatchObject({ name: 'AbortError' });
    expect(done.at(-1)).toBe('cdk deploy');
  });
});
