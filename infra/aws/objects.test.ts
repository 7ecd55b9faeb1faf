import { App } from 'aws-cdk-lib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manifest as files } from '../../processor/files/manifest.ts';
import type { FunctionManifest } from '../../processor/manifest.ts';
import { KitStack } from './kit-stack.ts';
import { rulesFor } from './objects.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const BUCKET = 'wildrydes-uploads';
const stack = new KitStack(new App(), 'Files', 'rules', { ...DEFAULT_SETTINGS, stacks: [] });

function calling(functionName: string, prefix: string, suffix: string, bucket = BUCKET): FunctionManifest {
  return { ...files, functionName, triggers: [{ on: 'objects', bucket, prefix, suffix }] };
}

/** Every key of up to four letters a and b: what a rule of two letters at each end may be for is among them. */
const KEYS = [''];
for (let length = 0; length < 4; length++) {
  KEYS.push(...KEYS.filter((key) => key.length === length).flatMap((key) => [`${key}a`, `${key}b`]));
}

test('two rules that some key fits both of are refused, and no others', () => {
  const end = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 });
  fc.assert(
    fc.property(end, end, end, end, (prefix, suffix, otherPrefix, otherSuffix) => {
      const both = KEYS.some(
        (key) =>
          [prefix, otherPrefix].every((start) => key.startsWith(start)) &&
          [suffix, otherSuffix].every((last) => key.endsWith(last)),
      );
      const rules = () =>
        rulesFor(stack, BUCKET, [calling('one', prefix, suffix), calling('other', otherPrefix, otherSuffix)]);
      if (both) expect(rules).toThrow(/two rules for one object/);
      else expect(rules()).toHaveLength(2);
    }),
  );
});

test('a suffix that ends another is refused, and both functions are named', () => {
  expect(() =>
    rulesFor(stack, BUCKET, [calling('zip', '', '.gz'), calling('logs', 'old/', '.log.gz')]),
  ).toThrow(`${BUCKET} has two rules for one object: *.gz to zip, old/*.log.gz to logs`);
});

test('a rule says what it is for, and no more', () => {
  const filters = (prefix: string, suffix: string) =>
    rulesFor(stack, BUCKET, [calling('one', prefix, suffix)]).map(({ filter }) => filter);
  expect(filters('rides/', '.json')).toEqual([
    {
      s3Key: {
        rules: [
          { name: 'prefix', value: 'rides/' },
          { name: 'suffix', value: '.json' },
        ],
      },
    },
  ]);
  expect(filters('', '.json')).toEqual([{ s3Key: { rules: [{ name: 'suffix', value: '.json' }] } }]);
});

test("another bucket's rules are its own", () => {
  const elsewhere = calling('one', '', '.json', 'wildrydes-archive');
  expect(rulesFor(stack, BUCKET, [elsewhere, calling('other', '', '.json')])).toHaveLength(1);
});
