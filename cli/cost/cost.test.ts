import { describe, expect, test } from 'vitest';
import { estimate } from '../../infra/aws/cost/estimate.ts';
import { STACK_NAMES } from '../../infra/aws/stack-names.ts';
import { wildrydes } from '../../test/kit.ts';
import { parse } from '../parser.ts';

describe('wildrydes cost', () => {
  test('needs nothing but itself, and has no colours where there is no terminal', async () => {
    const { status, stdout, stderr } = await wildrydes(['cost'], {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_PROFILE: 'none-such',
    }).finished;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^1 unicorn on AWS for 1 hour: 1 \+ 1 \+ 1 shards, 2 KPU\n/);
    expect(stdout).toContain('\n--explain tells what is assumed, and why.\n');
    expect(stdout).not.toContain('\u001b');
  });

  test('--json is the estimate, to the last digit', async () => {
    const { stdout } = await wildrydes(
      [
        'cost',
        '--unicorns',
        '1234',
        '--hours',
        '7.5',
        '--region',
        'eu-west-1',
        '--on-demand',
        '--json',
      ].concat(['--stack', 'Archive', '--stack', 'Streaming']),
    ).finished;
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      region: 'eu-west-1',
      ...estimate({ unicorns: 1_234, hours: 7.5, stacks: ['Streaming', 'Archive'], onDemand: true }),
    });
  });

  test('--explain tells the assumptions too, to a person and to a machine', async () => {
    const [shown, told] = await Promise.all([
      wildrydes(['cost', '--explain']).finished,
      wildrydes(['cost', '--explain', '--json']).finished,
    ]);
    expect(shown.stdout).toContain('\nWhat is assumed, and why\n');
    const object = JSON.parse(told.stdout) as Record<string, Record<string, object>>;
    expect(object.assumptions!.shardFill).toMatchObject({ value: 0.8 });
    expect(object.prices!.kpuHour).toMatchObject({ usd: 0.11, per: 1 });
    expect(object.stacks).toEqual(STACK_NAMES);
  });

  test.each([
    ['--hours 0', '--hours must be a number above 0, to 8760 (given 0)'],
    ['--hours 0.0', '--hours must be a number above 0, to 8760 (given 0.0)'],
    ['--hours 1e2', '--hours must be a number above 0, to 8760 (given 1e2)'],
    ['--hours 9000', '--hours must be a number above 0, to 8760 (given 9000)'],
    ['--unicorns 0', '--unicorns must be a whole number from 1 to 1000000 (given 0)'],
    ['--unicorns many', '--unicorns must be a whole number from 1 to 1000000 (given many)'],
    ['--shards 0', '--shards must be a whole number from 1 to 10000 (given 0)'],
    ['--shards 2 --on-demand', '--shards and --on-demand exclude each other'],
    ['--region Virginia', '--region must be one such as us-west-2 (given Virginia)'],
    ['--stack streams', 'a stack must be Streaming, Aggregation, Processing'],
  ])('cost %s is a usage error, in words', async (line, message) => {
    const parsing = parse(['cost', ...line.split(' ')], 80);
    await expect(parsing).rejects.toMatchObject({ code: 'USAGE' });
    await expect(parsing).rejects.toThrow(message);
  });
});
