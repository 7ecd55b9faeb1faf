import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MANIFESTS } from '../../../processor/manifests.ts';
import { PROJECT_ROOT } from '../../project.ts';
import { STACK_NAMES } from '../stack-names.ts';
import { JOB, serviceOf, watchedOf } from './watched.ts';

const sourceOf = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');

test('every function that a stack could have is watched', () => {
  expect(new Set(watchedOf(STACK_NAMES).functions)).toEqual(
    new Set(MANIFESTS.filter(({ part }) => part !== 'by-hand')),
  );
});

test('functions call themselves in their metrics what they are asked for', () => {
  for (const manifest of MANIFESTS) {
    expect(sourceOf(`${manifest.entry}.ts`)).toContain(`createObserver('${serviceOf(manifest)}')`);
  }
});

test('the job counts under the program that it is asked for', () => {
  const folder = 'aggregation/flink/src/main/java/com/wildrydes/aggregation';
  for (const file of ['operators/BooksFunction', 'operators/JudgeFunction', 'sink/KinesisCommitter']) {
    expect(sourceOf(`${folder}/${file}.java`)).toContain(`addGroup("Program", "${JOB.program}")`);
  }
});
