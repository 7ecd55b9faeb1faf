import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atLocalPort } from '../infra/target.ts';
import { asTyped, awsCliFlags, nameFlag, portFlag, shellWord, targetFlags } from './hints.ts';

describe('flags that lead to the same cloud', () => {
  test.each([
    [atLocalPort(4566, undefined), '', ''],
    [atLocalPort(4801, undefined), ' --port 4801', ''],
    [
      { kind: 'endpoint', endpoint: 'http://a.test:1', region: 'us-east-1' } as const,
      ' --endpoint http://a.test:1',
      ' --endpoint-url http://a.test:1 --region us-east-1',
    ],
    [{ kind: 'aws' } as const, ' --aws', ''],
    [{ kind: 'aws', region: 'us-west-2' } as const, ' --region us-west-2', ' --region us-west-2'],
    [
      { kind: 'aws', region: 'us-west-2', profile: 'my work' } as const,
      " --region us-west-2 --profile 'my work'",
      " --region us-west-2 --profile 'my work'",
    ],
  ])('%j', (target, flags, cliFlags) => {
    expect(targetFlags(target)).toBe(flags);
    expect(awsCliFlags(target)).toBe(cliFlags);
  });

  test('the default port needs none', () => {
    expect(portFlag(4566)).toBe('');
    expect(portFlag(4567)).toBe(' --port 4567');
  });
});

describe('a word for the shell', () => {
  test('is bare when it can be', () => {
    expect(shellWord('Rocinante')).toBe('Rocinante');
    expect(shellWord('http://127.0.0.1:4566')).toBe('http://127.0.0.1:4566');
    expect(shellWord('')).toBe("''");
    expect(shellWord('~')).toBe("'~'");
    expect(shellWord("it's")).toBe("'it'\\''s'");
  });

  test('is read back by a real shell as it was', () => {
    const words = fc.sample(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
      200,
    );
    const script = `for word in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$word"; done`;
    const read = execFileSync('sh', ['-c', script]).toString('utf8').split('\0').slice(0, -1);
    expect(read).toEqual(words);
  });

  test('names a unicorn even if it looks like an option', () => {
    expect(nameFlag('🦄 one')).toBe("--name '🦄 one'");
    expect(nameFlag('-odd')).toBe('--name=-odd');
  });
});

describe('commands', () => {
  const hint =
    'Stop it (./wildrydes stop), or ./producer --name A; then ./consumer. Not a./producer or ./producers.';
  test('are as written in a checkout', () => {
    expect(asTyped(hint, false)).toBe(hint);
  });

  test('go through npx where the kit is a package, and has no launchers', () => {
    expect(asTyped(hint, true)).toBe(
      'Stop it (npx wildrydes stop), or npx wildrydes producer --name A; then npx wildrydes consumer. ' +
        'Not a./producer or ./producers.',
    );
  });
});
