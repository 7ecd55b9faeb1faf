import { describe, expect, test } from 'vitest';
import { wildrydes } from '../test/kit.ts';
import { parse } from './parser.ts';
import { widthOf } from './terminal.ts';

describe('what is not understood is a usage error, in words', () => {
  test.each([
    ['foo', 'there is no command foo'],
    ['start foo', 'there is no command foo'],
    ['producer --frob', 'there is no option --frob here'],
    ['producer --frob --fob', 'there are no such options: frob, fob'],
    ['start --name A', 'there is no option --name here'],
    ['producer --name', '--name must be followed by a value'],
    ['producer --count', '--count must be followed by a value'],
    ['query', 'an option is missing: --name'],
    ['start --ephemeral --data x', '--ephemeral and --data exclude each other'],
    ['status --port x', '--port must be a whole number from 1 to 65535 (given x)'],
    ['producer --output xml', '--output must be pretty, plain or json (given xml)'],
    ['start --aggregation spark', '--aggregation must be embedded or flink (given spark)'],
    ['consumer --output xml', '--output must be pretty or json (given xml)'],
    ['reset --data=', '--data must name a folder (given nothing)'],
    ['deploy --stack Streams', '--stack must be one of Streaming, Aggregation'],
    ['deploy --stack Files --all', '--stack and --all exclude each other'],
    ['deploy --shards 2 --on-demand', '--shards and --on-demand exclude each other'],
    ['deploy --prefix Alice', 'a prefix must be a small letter'],
    ['destroy --prefix averylongprefix', '13 in all at most'],
    ['outputs --stack Files', 'there is no option --stack here'],
  ])('%s', async (line, message) => {
    const parsing = parse(line.split(' '), 80);
    await expect(parsing).rejects.toMatchObject({ code: 'USAGE' });
    await expect(parsing).rejects.toThrow(message);
  });
});

const COMMANDS = [
  '',
  'producer',
  'consumer',
  'start',
  'status',
  'query',
  'shell',
  'fault',
  'stop',
  'reset',
  'aggregation',
  'cost',
  'deploy',
  'outputs',
  'destroy',
];

describe('help', () => {
  test.each(COMMANDS)('of %s: in English, whole, and no wider than is legible', async (command) => {
    const { status, stdout, stderr } = await wildrydes([command, '--help'].filter(Boolean), {
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'de_DE.UTF-8',
    }).finished;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const line of stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(110);
    expect(stdout).toContain('Show help');
    expect(stdout).not.toMatch(/\$0|\[string\]|\[boolean\]|undefined|Optionen/);
    // Whatever belongs to a command stands under a heading of its own.
    expect(stdout).not.toMatch(/^Options:/m);
  });

  test('of the producer: groups, defaults, and examples as they are typed', async () => {
    const { stdout } = await wildrydes(['producer', '--help']).finished;
    for (const heading of ['Who:', 'How long and how fast:', 'Where:', 'What you see:', 'Examples:']) {
      expect(stdout).toContain(`\n${heading}\n`);
    }
    expect(stdout).toMatch(/--name .*\[default: Shadowfax\]/);
    expect(stdout).toMatch(/--port .*\[default: 4566\]/);
    expect(stdout).toMatch(/^ {2}\.\/producer --name Rocinante /m);
  });

  test('is what one gets for no command at all', async () => {
    const { status, stdout } = await wildrydes([]).finished;
    expect(status).toBe(0);
    expect(stdout).toContain('./wildrydes producer');
  });

  test('the version alone', async () => {
    const { status, stdout } = await wildrydes(['--version']).finished;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
