import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

const TableName = 'Rides';
const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/Rides/stream/';

async function openWith(...parameters: Parameters<typeof ridesTable>) {
  const opened = await fixture.open();
  const { TableDescription: created } = await opened.client.send(ridesTable(...parameters));
  const describeTable = async () =>
    (await opened.client.send(new DescribeTableCommand({ TableName }))).Table!;
  return { ...opened, created, describeTable };
}

describe('a table', () => {
  it('is created with a stream, which its description names', async () => {
    const { created, describeTable, reader } = await openWith('OLD_IMAGE');
    const expected = {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'OLD_IMAGE' },
      LatestStreamLabel: '2026-01-01T00:00:00.250',
      LatestStreamArn: `${ARN}2026-01-01T00:00:00.250`,
    };
    expect(created).toMatchObject(expected);
    expect(await describeTable()).toMatchObject({ ...expected, TableStatus: 'ACTIVE' });
    expect(await reader.arns()).toEqual([expected.LatestStreamArn]);
  });

  it.each([[undefined], [{ StreamEnabled: false }]])(
    'is created without one (%j)',
    async (StreamSpecification) => {
      const { describeTable, reader } = await openWith(undefined, { StreamSpecification });
      const table = await describeTable();
      expect([table.StreamSpecification, table.LatestStreamArn]).toEqual([undefined, undefined]);
      expect(await reader.arns()).toEqual([]);
    },
  );

  it('keeps the label of a stream that is off, and gets another with the next', async () => {
    const { client, describeTable } = await openWith();
    const { TableDescription: changed } = await client.send(setStream('KEYS_ONLY'));
    const specification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' };
    expect(changed).toMatchObject({ TableStatus: 'UPDATING', StreamSpecification: specification });
    const { LatestStreamLabel: first } = await describeTable();
    await client.send(setStream(undefined));
    const off = await describeTable();
    expect(off).toMatchObject({ TableStatus: 'ACTIVE', LatestStreamLabel: first });
    expect(off.StreamSpecification).toBeUndefined();
    // The clock stands still.
    await client.send(setStream('KEYS_ONLY'));
    expect((await describeTable()).LatestStreamLabel).toBe('2026-01-01T00:00:00.251');
  });

  it('changes one thing after the other', async () => {
    const { client, describeTable, reader } = await openWith();
    const changes = [
      ...Array.from({ length: 5 }, () => [setStream('KEYS_ONLY'), setStream(undefined)]).flat(),
      setStream('NEW_IMAGE'),
    ];
    const changed = changes.map((change) => client.send(change));
    const { length } = (await Promise.allSettled(changed)).filter(({ status }) => status === 'fulfilled');
    const { StreamSpecification } = await describeTable();
    const statuses = await Promise.all(
      (await reader.arns()).map(async (arn) => (await reader.describe(arn)).StreamStatus),
    );
    expect(statuses).toHaveLength(Math.ceil(length / 2));
    expect(statuses.filter((status) => status === 'ENABLED')).toHaveLength(StreamSpecification ? 1 : 0);
  });
});

const INVALID = 'One or more parameter values were invalid: ';

describe('a request is refused', () => {
  it.each([
    [
      { StreamEnabled: true },
      `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`,
    ],
    [
      { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' },
      `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`,
    ],
    [
      { StreamEnabled: true, StreamViewType: 'Fisk' },
      "1 validation error detected: Value 'Fisk' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member must satisfy enum value set: [NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]",
    ],
    [
      {},
      "1 validation error detected: Value null at 'streamSpecification.streamEnabled' failed to satisfy constraint: Member must not be null",
    ],
  ])('to create a table with %j', async (StreamSpecification, message) => {
    await expect(
      openWith(undefined, { StreamSpecification: StreamSpecification as never }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message,
    });
  });

  it.each<[string, object, string]>([
    [
      'to turn on what is on',
      setStream('OLD_IMAGE').input,
      'Table already has an enabled stream: TableName: Rides',
    ],
    [
      'to turn on without a view',
      { StreamSpecification: { StreamEnabled: true } },
      `${INVALID}If stream is being enabled then UpdateViewType is required`,
    ],
    [
      'to turn off with a view',
      { StreamSpecification: { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' } },
      `${INVALID}If stream is being disabled, then UpdateViewType must not be specified`,
    ],
    [
      'to change throughput too',
      {
        ...setStream(undefined).input,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
        BillingMode: 'PROVISIONED',
      },
      `${INVALID}You cannot modify stream status while updating table IOPS`,
    ],
    [
      'to change an index too',
      { ...setStream(undefined).input, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'Colors' } }] },
      `${INVALID}You cannot create or delete index while changing stream status`,
    ],
  ])('%s', async (_, request, message) => {
    const { client, describeTable } = await openWith('KEYS_ONLY');
    const before = await describeTable();
    await expect(client.send(new UpdateTableCommand({ TableName, ...request }))).rejects.toMatchObject({
      name: 'ValidationException',
      message,
    });
    expect(await describeTable()).toEqual(before);
  });

  it('to turn off what is off', async () => {
    const { client } = await openWith();
    await expect(client.send(setStream(undefined))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Table has no stream to disable: TableName: Rides',
    });
  });

  it('to change a table that is not there', async () => {
    const { client } = await openWith();
    await expect(client.send(setStream('KEYS_ONLY', 'Walks'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
