import { defineConfig } from 'vitest/config';

const nowhere = ['**/node_modules/**', '**/dist/**'];

const notUnit = [
  ...nowhere,
  '**/*.long.test.ts',
  'test/install/**',
  'test/interop/**',
  'workshop/modules/*/**',
  'infra/aws/**',
];

/** These have to do with files, processes and sockets, or with templates, and take minutes. */
const sameEverywhere = [
  'test/pipeline/{crash,damaged-state,full-disk,shared-cloud,lost-answers,resharding}.test.ts',
  'test/launcher.test.ts',
  'cli/{workshop,start,control,deploy}/**',
  'cli/{backfill,written-commands}.test.ts',
];

/**
 * unit: needs Node alone, and so do aws, the CDK app, whose files share what they load, for the CDK takes seconds and
 * nothing of it is changed; and workshop, its modules with right and wrong solutions; the three are `npm test`. again: what
 * of unit another version of Node, or another time zone, might make fail. install: first use of a clone and of the packed tarball, needs a registry.
 * interop: clients and servers that nobody here wrote, needs Python, Java and Maven; and walk, which types the workshop: it
 * takes minutes in which it waits. long: soaks and full matrices.
 */
export default defineConfig({
  test: {
    environment: 'node',
    // A machine of two cores would otherwise run one file at a time.
    maxWorkers: '100%',
    // The SDK's notice about Node 20 is for its upgraders, not for a test report.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['**/*.test.ts'], exclude: notUnit } },
      {
        extends: true,
        test: { name: 'again', include: ['**/*.test.ts'], exclude: [...notUnit, ...sameEverywhere] },
      },
      {
        extends: true,
        test: { name: 'aws', include: ['infra/aws/**/*.test.ts'], exclude: nowhere, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'workshop',
          include: ['workshop/modules/*/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'install',
          include: ['test/install/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          exclude: [...nowhere, '**/*.long.test.ts', 'test/interop/workshop.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'walk',
          include: ['test/interop/workshop.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['**/*.long.test.ts'],
          exclude: nowhere,
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
