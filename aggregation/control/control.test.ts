import { KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import fc from 'fast-check';
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
  readonly #faults = new Map<string, { readonly error: Error; left: number }>();
  #described = 0;
  /** The one that ListApplicationOperations gives. */
  latest: object | undefined;

  constructor(states: readonly string[], operation: object = { OperationStatus: 'SUCCESSFUL' }) {
    this.#states = [...states];
    this.#operation = operation;
  }

  control(patience = 60_000): ApplicationControl {
    const client = new KinesisAnalyticsV2Client({ region: 'us-east-1' });
    const send = async (command: object) => this.#answer(command);
    return new ApplicationControl(Object.assign(client, { send }), 'app', {
      clock: { monotonic: () => this.#now },
      pause: async (milliseconds) => {
        this.#now += milliseconds;
      },
      patience,
      progress: (line) => void this.told.push(line),
      signal: this.abort.signal,
    });
  }

  /** An operation of the API fails for the next times. */
  fail(name: string, error: Error, times: number): void {
    this.#faults.set(name, { error, left: times });
  }

  inputsOf(wanted: string): Record<string, unknown>[] {
    return this.sent.filter(({ name }) => name === wanted).map(({ input }) => input);
  }

  #answer(command: object): object {
    const name = command.constructor.name.replace(/Command$/, '');
    const { input } = command as { input: Record<string, unknown> };
    this.sent.push({ name, input });
    const fault = this.#faults.get(name);
    if (fault !== undefined && fault.left-- > 0) throw fault.error;
    switch (name) {
      case 'DescribeApplication': {
        const status = this.#states.length > 1 ? this.#states.shift() : this.#states[0];
        return {
          ApplicationDetail: { ApplicationStatus: status, ConditionalToken: `token ${++this.#described}` },
        };
      }
      case 'DescribeApplicationOperation':
        return { ApplicationOperationInfoDetails: this.#operation };
      case 'ListApplicationOperations':
        return { ApplicationOperationInfoList: this.latest === undefined ? [] : [this.latest] };
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
  ['ROLLING_BACK', 'stop by force', (control: ApplicationControl) => control.stop(true)],
  ['STARTING', 'snapshot', (control: ApplicationControl) => control.createSnapshot('s')],
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
    ConditionalToken: 'token 1',
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

/** What the SDK rejects with after so many attempts. */
function refusal(name: string, status: number, attempts = 1): Error {
  return Object.assign(new Error(`${name} it is`), { name, $metadata: { httpStatusCode: status, attempts } });
}

test.each([
  refusal('ThrottlingException', 400),
  refusal('InternalFailure', 500),
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
])('looks that fail by %s are no end of the waiting', async (error) => {
  const service = new Service(['READY', 'STARTING', 'RUNNING']);
  service.fail('DescribeApplicationOperation', error, 4);
  await expect(service.control().start({ from: 'latest' }, false)).resolves.toMatchObject({
    ApplicationStatus: 'RUNNING',
  });
});

test('looks that fail again and again are', async () => {
  const service = new Service(['READY', 'STARTING']);
  service.fail('DescribeApplicationOperation', refusal('ThrottlingException', 400), 5);
  await expect(service.control().start({ from: 'latest' }, false)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('ThrottlingException it is'),
  });
});

test('an operation that nobody can be told of, since access is denied, is not waited for', async () => {
  const service = new Service(['READY', 'STARTING']);
  service.fail('DescribeApplicationOperation', refusal('AccessDeniedException', 400), 1);
  await expect(service.control().start({ from: 'latest' }, false)).rejects.toMatchObject({
    next: expect.stringContaining('kinesisanalytics:Describe'),
  });
});

test('an application that falls back is not waited for until patience ends', async () => {
  const service = new Service(['READY', 'STARTING', 'READY'], undefined);
  await expect(service.control().start({ from: 'latest' }, false)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 'the application is READY, and stays so; expected was RUNNING',
  });
  expect(service.told.at(-1)).toMatch(/^READY/);
});

test('a state that is behind its operation for a moment is no fall', async () => {
  const service = new Service(['READY', 'READY', 'READY', 'READY', 'STARTING', 'RUNNING']);
  await expect(service.control().start({ from: 'latest' }, false)).resolves.toBeDefined();
});

test('an application that is being deleted is not waited for', async () => {
  const service = new Service(['RUNNING', 'STOPPING', 'DELETING']);
  await expect(service.control().stop(false)).rejects.toThrow('is being deleted');
});

test.each([
  [
    'StartApplication',
    'READY',
    'RUNNING',
    (control: ApplicationControl) => control.start({ from: 'latest' }, false),
  ],
  ['StopApplication', 'RUNNING', 'READY', (control: ApplicationControl) => control.stop(false)],
  ['RollbackApplication', 'RUNNING', 'RUNNING', (control: ApplicationControl) => control.rollback()],
  [
    'UpdateApplication',
    'RUNNING',
    'RUNNING',
    (control: ApplicationControl) => control.update({ parallelism: 2 }),
  ],
] as const)('%s whose answer was lost is found as what it began', async (name, before, after, act) => {
  const service = new Service([before, after]);
  service.latest = { Operation: name, OperationId: 'lost' };
  service.fail(name, refusal('ResourceInUseException', 400, 2), 1);
  await expect(act(service.control())).resolves.toMatchObject({ ApplicationStatus: after });
  expect(service.inputsOf('DescribeApplicationOperation')[0]).toMatchObject({ OperationId: 'lost' });
});

test.each([
  ['at once', 1, 'StartApplication'],
  ['by something else', 2, 'UpdateApplication'],
])('a start that is refused %s is refused', async (_, attempts, latest) => {
  const service = new Service(['READY', 'RUNNING']);
  service.latest = { Operation: latest, OperationId: 'other' };
  service.fail('StartApplication', refusal('ResourceInUseException', 400, attempts), 1);
  await expect(service.control().start({ from: 'latest' }, false)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    next: expect.stringContaining('./wildrydes aggregation status'),
  });
});

test('an update that somebody came before is made once more, of what the application is then', async () => {
  const service = new Service(['RUNNING']);
  service.fail('UpdateApplication', refusal('ConcurrentModificationException', 400), 1);
  await service.control().update({ parallelism: 2 });
  expect(service.inputsOf('UpdateApplication').map(({ ConditionalToken }) => ConditionalToken)).toEqual([
    'token 1',
    'token 2',
  ]);
});

test('but not twice, and a rollback not at all', async () => {
  const service = new Service(['RUNNING']);
  service.fail('UpdateApplication', refusal('ConcurrentModificationException', 400), 2);
  service.fail('RollbackApplication', refusal('ConcurrentModificationException', 400), 1);
  const refused = { code: 'UNREACHABLE', next: expect.stringContaining('Somebody changed it') };
  await expect(service.control().update({ parallelism: 2 })).rejects.toMatchObject(refused);
  await expect(service.control().rollback()).rejects.toMatchObject(refused);
});

test('a rollback that the service refuses tells what it takes', async () => {
  const service = new Service(['RUNNING']);
  service.fail('RollbackApplication', refusal('InvalidRequestException', 400), 1);
  await expect(service.control().rollback()).rejects.toMatchObject({
    next: expect.stringContaining('a snapshot that it can start from'),
  });
});

test('the state tells why an operation failed', async () => {
  const service = new Service(['READY'], {
    OperationStatus: 'FAILED',
    OperationFailureDetails: { ErrorInfo: { ErrorString: 'no main class' } },
  });
  service.latest = { Operation: 'StartApplication', OperationId: 'x', OperationStatus: 'FAILED' };
  expect((await service.control().state()).operations).toMatchObject([{ reason: 'no main class' }]);
});

/** What of a state the waiting of a start is to do, said once more. */
const GOES_ON = [
  'STARTING',
  'UPDATING',
  'AUTOSCALING',
  'STOPPING',
  'FORCE_STOPPING',
  'ROLLING_BACK',
  'MAINTENANCE',
];

test('whatever states it goes through, a start ends as the last one says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...GOES_ON), { maxLength: 8 }),
      fc.constantFrom('RUNNING', 'READY', 'ROLLED_BACK', 'DELETING', 'MAINTENANCE'),
      fc.array(fc.boolean(), { maxLength: 4 }),
      async (way, end, faults) => {
        const service = new Service(['READY', ...way, end]);
        service.fail('DescribeApplicationOperation', refusal('ThrottlingException', 400), faults.length);
        const outcome = await service
          .control()
          .start({ from: 'latest' }, false)
          .then(
            (detail) => detail?.ApplicationStatus,
            (error: Error) => error.message.replace(/ after \d+ s/, ''),
          );
        expect(outcome).toBe(
          {
            RUNNING: 'RUNNING',
            READY: 'the application is READY, and stays so; expected was RUNNING',
            ROLLED_BACK: 'the application is ROLLED_BACK, and stays so; expected was RUNNING',
            DELETING: 'the application is being deleted',
            MAINTENANCE: 'still MAINTENANCE',
          }[end],
        );
        // Each state is told as it is entered, none twice in a row.
        const told = service.told.map((line) => line.replace(/,.*/, ''));
        expect(told.every((state, index) => state !== told[index - 1])).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
