import { afterEach, expect, test, vi } from 'vitest';
import { createObserver } from './observer.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Namespaces of the metrics that an invocation publishes, in the embedded metric format. */
function namespacesOf(variables: Readonly<Record<string, string>>): readonly string[] {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const observer = createObserver('store');
  observer.count('Records', 3);
  observer.end();
  vi.restoreAllMocks();
  return lines.flatMap((line) =>
    JSON.parse(line)._aws.CloudWatchMetrics.map(({ Namespace }: { Namespace: string }) => Namespace),
  );
}

test('counts are in the namespace of the kit, or in that of a deployment among others', () => {
  expect(namespacesOf({})).toEqual(['WildRydes']);
  expect(namespacesOf({ POWERTOOLS_METRICS_NAMESPACE: 'alice-WildRydes' })).toEqual(['alice-WildRydes']);
});
