import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { AggregationThread } from '../../aggregation/thread.ts';
import { DEFAULT_SETTINGS } from '../../infra/aws/settings.ts';
import { builtJar } from '../../infra/flink/jar.ts';
import { builtFile, defaultStateFolder, PROJECT_ROOT } from '../../infra/project.ts';
import { type Finished, wildrydes } from '../kit.ts';
import { type Aws, awsAt, EMULATOR_CREDENTIALS, EMULATOR_REGION } from './emulator/aws.ts';
import { bootstrap, EMULATOR_ACCOUNT, EMULATOR_ENVIRONMENT } from './emulator/bootstrap.ts';
import { deployKnown } from './emulator/cdk-out.ts';
import { type Emulator, startEmulator } from './emulator/emulator.ts';
import { remaining } from './emulator/remaining.ts';
import { destroy } from './emulator/stacks.ts';

/**
 * The pipeline on an emulator of AWS that nobody here wrote, by the commands that a person types: `deploy` has the CDK's
 * own command put there what is synthesized for AWS, through CloudFormation, and `destroy` takes it away. What the
 * emulator cannot do, Managed Flink, is replaced by the embedded engine, which runs in a thread against its endpoint.
 */

const PATIENCE = { timeout: 60_000, interval: 500 };

let emulator: Emulator;
let aws: Aws;
beforeEach(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
  await bootstrap(emulator);
});
afterEach(() => emulator?.close());

const PREFIX = 'alice-';
const named = (name: string) => PREFIX + name;
const stack = (name: string) => named(`wildrydes-${name}`);

/** Types a command of the kit, towards the emulator. */
function typed(command: string, ...args: readonly string[]): Promise<Finished> {
  return wildrydes([command, '--endpoint', emulator.endpoint, ...args], EMULATOR_ENVIRONMENT).finished;
}

function deployed(stacks: readonly string[]): Promise<Finished> {
  const flags = stacks.flatMap((name) => ['--stack', name]);
  return typed('deploy', '--prefix', 'alice', '--yes', '--json', ...flags);
}

interface Told {
  readonly stacks: readonly { readonly stackName: string; readonly status: string }[];
  readonly destroyed: readonly string[];
  readonly left: readonly object[];
  readonly unseen: readonly { readonly what: string }[];
}

test('a unicorn rides through what one command deploys, and another leaves nothing of it', async () => {
  const before = await remaining(emulator);
  // All but two: Archive and Observability have kinds of resources that the emulator does not know.
  const made = await deployed(['Alerting', 'Dashboard', 'Files', 'Search']);
  expect(made, made.stderr).toMatchObject({ status: 0 });
  expect((JSON.parse(made.stdout) as Told).stacks).toMatchObject(
    ['Streaming', 'Processing', 'Alerting', 'Search', 'Files', 'Dashboard'].map((name) => ({
      stackName: stack(name),
      status: 'CREATE_COMPLETE',
    })),
  );

  // Another stack later, beside one that does not change. The emulator cannot start the application.
  const more = await deployed(['Processing', 'Aggregation']);
  expect(more.status, more.stderr).toBe(3);
  expect(more.stderr).toContain(`${stack('Processing')} (no changes)`);
  expect(more.stderr).toContain(
    'The stacks are deployed; the application does not run yet: ./wildrydes aggregation start --prefix alice',
  );
  expect(await codeSize(named('wildrydes-aggregation'))).toBe(await jarSize());

  await ridden();
  await expect.poll(readingsStored, PATIENCE).toBe(150);
  await expect.poll(alertsRaised, PATIENCE).toBe(1);

  const bucket = `${named('wildrydes-quarantine')}-${EMULATOR_ACCOUNT}-${EMULATOR_REGION}`;
  const file = join(PROJECT_ROOT, 'package.json');
  await aws('s3api', 'put-object', '--bucket', bucket, '--key', 'quarantine/one', '--body', file);
  const taken = await typed('destroy', '--prefix', 'alice', '--yes', '--json');
  const { destroyed, left, unseen } = JSON.parse(taken.stdout) as Told;
  expect(destroyed).toEqual(
    ['Dashboard', 'Files', 'Search', 'Alerting', 'Processing', 'Aggregation', 'Streaming'].map(stack),
  );
  expect(left).toEqual([]);
  // The emulator has no list of applications, and `destroy` says so, by its status too.
  expect(unseen.map(({ what }) => what)).toEqual(['application']);
  expect(taken.status).toBe(3);
  expect(taken.stderr).toContain(`bucket ${bucket}: 1 object deleted`);
  expect(await remaining(emulator)).toEqual(before);
  await expect(application(named('wildrydes-aggregation'))).rejects.toThrow('ResourceNotFoundException');
});

test('archive and observability deploy too, without what the emulator does not know', async () => {
  const before = await remaining(emulator);
  const stacks = await deployKnown(
    emulator,
    aws,
    { ...DEFAULT_SETTINGS, prefix: PREFIX, stacks: ['Processing', 'Archive', 'Observability'] },
    ({ Type, Properties }) =>
      Type !== 'AWS::Athena::NamedQuery' && !(Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics),
  );
  expect(stacks).toEqual(expect.arrayContaining(['Archive', 'Observability'].map(stack)));
  for (const name of [...stacks].reverse()) expect(await destroy(aws, name)).toBe('DELETE_COMPLETE');
  expect(await remaining(emulator)).toEqual(before);
});

/** A ride of 150 seconds, of which the aggregation makes three minutes. */
async function ridden(): Promise<void> {
  const engine = new AggregationThread(builtFile('aggregation/thread-main'), { log: () => {} });
  onTestFinished(() => engine.stop());
  await engine.start({
    config: { endpoint: emulator.endpoint, region: EMULATOR_REGION, credentials: EMULATOR_CREDENTIALS },
    streams: {
      readings: named('wildrydes'),
      summaries: named('wildrydes-aggregated'),
      quarantine: named('wildrydes-quarantine'),
    },
    checkpoint: null,
  });
  const { status, stderr } = await typed(
    'producer',
    ...['--name', 'Rocinante', '--prefix', 'alice', '--scenario', 'low-magic', '--seed', '7'],
    ...['--count', '150', '--speed', 'max', '--output', 'json'],
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await engine.closeWindows();
}

async function readingsStored(): Promise<number> {
  const { Items } = await aws('dynamodb', 'scan', '--table-name', named('UnicornSensorData'));
  return (Items as { Readings: { N: string } }[]).reduce((sum, { Readings }) => sum + Number(Readings.N), 0);
}

function alertsRaised(): Promise<number> {
  return aws('dynamodb', 'scan', '--table-name', named('UnicornAlerts'), '--query', 'Count');
}

function application(name: string) {
  return aws(
    ...['kinesisanalyticsv2', 'describe-application', '--application-name', name],
    ...['--query', 'ApplicationDetail.ApplicationConfigurationDescription'],
  );
}

/** Bytes of an application's code, where CloudFormation says that it lies. */
async function codeSize(name: string): Promise<number> {
  const { S3ApplicationCodeLocationDescription: location } = (await application(name))
    .ApplicationCodeConfigurationDescription.CodeContentDescription;
  const bucket = location.BucketARN.replace(/^.*:/, '');
  return aws(
    ...['s3api', 'head-object', '--bucket', bucket, '--key', location.FileKey],
    ...['--query', 'ContentLength'],
  );
}

async function jarSize(): Promise<number> {
  return statSync(await builtJar({ folder: join(defaultStateFolder(), 'jars'), progress: () => {} })).size;
}
