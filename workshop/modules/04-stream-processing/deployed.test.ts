import { expect, test } from 'vitest';
import { deploySynthesized } from '../../../test/synthesized.ts';
import { namesWith } from '../../names.ts';
import { checkOf, refusingStrangers, workshopCloud } from '../../testing.ts';
import { streamingData } from '../01-streaming-data/module.ts';
import { streamingAggregation } from '../03-streaming-aggregation/module.ts';
import { streamProcessing } from './module.ts';

/** What `./wildrydes deploy` makes is as good as what a learner makes by hand: each check that a stack can pass, it passes. */

const PREFIX = 'fast-';

const STEPS = [
  [streamingData, ['stream']],
  [streamingAggregation, ['streams', 'role', 'application', 'running']],
  [streamProcessing, ['table', 'role', 'function', 'mapping', 'poison', 'duplicates', 'throttled', 'extra']],
] as const;

test('what is deployed passes the checks of the steps that made it by hand', {
  timeout: 180_000,
}, async () => {
  const at = { ...(await workshopCloud()), names: namesWith(PREFIX) };
  await deploySynthesized(at, PREFIX, ['Streaming', 'Aggregation', 'Processing', 'Alerting']);
  for (const [module, steps] of STEPS) {
    for (const step of steps) {
      const finding = await checkOf(module, step, at);
      expect(finding, `${module.number}.${step}`).toMatchObject({ verdict: 'passed' });
    }
  }
  // As on AWS, where the role is for the one stream, and none of the check's own may be read.
  const refusing = refusingStrangers(at);
  expect(await checkOf(streamProcessing, 'poison', refusing)).toMatchObject({
    verdict: 'passed',
    found: expect.stringContaining('no batch failed that others would have to wait for'),
  });
});
