import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { AggregationThread } from '../../aggregation/thread.ts';
import { DEFAULT_SETTINGS } from '../../infra/aws/settings.ts';
import { builtFile } from '../../infra/project.ts';
import { wildrydes } from '../kit.ts';
import { type Aws, awsAt, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './emulator/aws.ts';
import { deployPipeline } from './emulator/cdk-out.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { remaining } from './emulator/remaining.ts';
import { destroy } from './emulator/stacks.ts';

/**
 * The pipeline as it is synthesized for AWS, deployed through CloudFormation into an emulator of AWS that nobody here
 * wrote. What that cannot do, Managed Flink, is replaced by the embedded engine, which runs in a thread against its
 * endpoint.
 */

const PATIENCE = { timeout: 60_000, interval: 500 };

let emulator: Emulator;
let aws: Aws;
beforeEach(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
});
afterEach(() => emulator?.close());

const PREFIX = 'alice-';
const named = (name: string) => PREFIX + name;

test('a unicorn rides through the stacks of the main line, and nothing of them is left', async () => {
  const stacks = await deployPipeline(emulator, aws, {
    ...DEFAULT_SETTINGS,
    prefix: PREFIX,
    stacks: ['Aggregation', 'Processing', 'Alerting'],
  });
  expect(stacks[0]).toBe(named('wildrydes-Streaming'));
  expect([...stacks].sort()).toEqual(
    ['Aggregation', 'Alerting', 'Processing', 'Streaming'].map((name) => named(`wildrydes-${name}`)),
  );

  const engine = new AggregationThread(builtFile('aggregation/thread-main'), { log: () => {} });
  onTestFinished(() => engine.stop());
  await engine.start({
    config: {
      endpoint: emulator.endpoint,
      region: EMULATOR_REGION,
      credentials: EMULATOR_CREDENTIALS,
    },
    streams: {
      readings: named('wildrydes'),
      summaries: named('wildrydes-aggregated'),
      quarantine: named('wildrydes-quarantine'),
    },
    checkpoint: null,
  });
  const { status, stderr } = await wildrydes(
    [
      ...['producer', '--name', 'Rocinante', '--scenario', 'low-magic', '--seed', '7', '--count', '150'],
      ...[
        '--speed',
        'max',
        '--stream',
        named('wildrydes'),
        '--endpoint',
        emulator.endpoint,
        '--output',
        'json',
      ],
    ],
    {
      AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
      AWS_REGION: EMULATOR_REGION,
    },
  ).finished;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await engine.closeWindows();

  const stored = async () => {
    const { Items } = await aws('dynamodb', 'scan', '--table-name', named('UnicornSensorData'));
    return (Items as { Readings: { N: string } }[]).reduce(
      (sum, { Readings }) => sum + Number(Readings.N),
      0,
    );
  };
  await expect.poll(stored, PATIENCE).toBe(150);
  const episodes = () => aws('dynamodb', 'scan', '--table-name', named('UnicornAlerts'), '--query', 'Count');
  await expect.poll(episodes, PATIENCE).toBe(1);

  for (const stack of [...stacks].reverse()) expect(await destroy(aws, stack)).toBe('DELETE_COMPLETE');
  const left = Object.entries(await remaining(aws)).flatMap(([kind, names]) =>
    names.filter((name) => name.includes(PREFIX)).map((name) => `${kind} ${name}`),
  );
  expect(left).toEqual([]);
});
