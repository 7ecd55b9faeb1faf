import type { KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { expect, test } from 'vitest';
import { AlreadyThere, ApplicationControl } from './control.ts';

/** A service that goes through given states, one at each look. */
class Service {
  readonly sent: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
  readonly told: string[] = [];
  readonly abort = new AbortController();
  #now = 0;
  readonly #states: string[];
  readonly #operation: object;

  constructor(states: readonly string[], operation: object = { OperationStatus: 'SUCCESSFUL' }) {
    this.#states = [...states];
    this.#operation = operation;
  }

  control(patience = 60_000): ApplicationControl {
    const client = { send: async (command: object) => this.#answer(command) };
    return new ApplicationControl(client as unknown as KinesisAnalyticsV2Client, 'app', {
      clock: { monotonic: () => this.#now },
      pause: async (milliseconds) => {
        this.#now += milliseconds;
      },
      patience,
      progress: (line) => void this.told.push(line),
      signal: this.abort.signal,
    });
  }

  #answer(command: object): object {
    const name = command.constructor.name.replace(/Command$/, '');
    const { input } = command as { input: Record<string, unknown> };
    this.sent.push({ name, input });
    switch (name) {
      case 'DescribeApplication': {
        const status = this.#states.length > 1 ? this.#states.shift() : this.#states[0];
        return { ApplicationDetail: { ApplicationStatus: status, ConditionalToken: 'token' } };
      }
      case 'DescribeApplicationOperation':
        return { ApplicationOperationInfoDetails: this.#operation };
      default:
        return { OperationId: 'one' };
    }
  }
}

test('each state is told once, and the end is waited for', async () => {
  const service = new Service(['READY', 'STARTING', 'STARTING', 'STARTING', 'RUNNING']);
  const detail = await service.control().start({ from: 'latest' }, false);
  expect(detail?.ApplicationStatus).toBe('RUNNING');
  expect(service.told).toEqual(['STARTING', 'RUNNING, after 1 s']);
});

test('an operation that fails is told in the words of the service', async () => {
  const service = new Service(['READY', 'STARTING', 'READY'], {
    OperationStatus: 'FAILED',
    Operation: 'StartApplication',
    OperationFailureDetails: { ErrorInfo: { ErrorString: 'the Jar has no main class' } },
  });
  await expect(service.control().start({ from: 'latest' }, false)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 'StartApplication failed, the application is STARTING: the Jar has no main class',
    next: expect.stringContaining('aggregation logs'),
  });
});

test('an operation that is done before its state is waited for on', async () => {
  const service = new Service(['RUNNING', 'STOPPING', 'STOPPING', 'READY']);
  await expect(service.control().stop(false)).resolves.toMatchObject({ ApplicationStatus: 'READY' });
});

test('patience ends, and what was begun goes on', async () => {
  const service = new Service(['READY', 'STARTING']);
  await expect(service.control(10_000).start({ from: 'latest' }, false)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 'still STARTING after 10 s',
  });
});

test('Ctrl-C ends the waiting alone', async () => {
  const service = new Service(['READY', 'STARTING']);
  service.abort.abort();
  await expect(service.control().start({ from: 'latest' }, false)).resolves.toBeUndefined();
});

test.each([
  [{ from: 'latest' }, { ApplicationRestoreType: 'RESTORE_FROM_LATEST_SNAPSHOT' }],
  [{ from: 'nothing' }, { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' }],
  [
    { from: 'snapshot', name: 's' },
    { ApplicationRestoreType: 'RESTORE_FROM_CUSTOM_SNAPSHOT', SnapshotName: 's' },
  ],
] as const)('a start from %j', async (origin, expected) => {
  const service = new Service(['READY', 'RUNNING']);
  await service.control().start(origin, true);
  expect(service.sent.find(({ name }) => name === 'StartApplication')?.input.RunConfiguration).toEqual({
    ApplicationRestoreConfiguration: expected,
    FlinkRunConfiguration: { AllowNonRestoredState: true },
  });
});

test.each([
  ['RUNNING', (control: ApplicationControl) => control.start({ from: 'latest' }, false)],
  ['READY', (control: ApplicationControl) => control.stop(false)],
] as const)('an application that is %s already', async (state, act) => {
  await expect(act(new Service([state]).control())).rejects.toBeInstanceOf(AlreadyThere);
});

test.each([
  ['UPDATING', 'start', (control: ApplicationControl) => control.start({ from: 'latest' }, false)],
  ['DELETING', 'stop', (control: ApplicationControl) => control.stop(true)],
  ['STARTING', 'stop', (control: ApplicationControl) => control.stop(false)],
  ['STOPPING', 'update', (control: ApplicationControl) => control.update({ parallelism: 2 })],
  ['READY', 'rollback', (control: ApplicationControl) => control.rollback()],
] as const)('while %s no %s: what to do', async (state, what, act) => {
  await expect(act(new Service([state]).control())).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(new RegExp(`^${what} takes .*app is ${state}$`)),
    next: expect.stringContaining('./wildrydes aggregation'),
  });
});

test('an update is made of the state that it was decided on', async () => {
  const service = new Service(['RUNNING', 'UPDATING', 'RUNNING']);
  await service.control().update({
    code: { bucket: 'b', key: 'k', version: 'v' },
    parallelism: 4,
    allowNonRestoredState: true,
  });
  expect(service.sent.find(({ name }) => name === 'UpdateApplication')?.input).toMatchObject({
    ConditionalToken: 'token',
    ApplicationConfigurationUpdate: {
      ApplicationCodeConfigurationUpdate: {
        CodeContentUpdate: {
          S3ContentLocationUpdate: {
            BucketARNUpdate: 'arn:aws:s3:::b',
            FileKeyUpdate: 'k',
            ObjectVersionUpdate: 'v',
          },
        },
      },
      FlinkApplicationConfigurationUpdate: { ParallelismConfigurationUpdate: { ParallelismUpdate: 4 } },
    },
    RunConfigurationUpdate: { FlinkRunConfiguration: { AllowNonRestoredState: true } },
  });
});
