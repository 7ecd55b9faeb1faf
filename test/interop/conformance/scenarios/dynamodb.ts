import { expect } from 'vitest';
import { answers, base64, from, matching, refuses, type Scenario } from '../scenario.ts';

const TABLE = { TableName: 'rides' };
const SCHEMA = {
  AttributeDefinitions: [
    { AttributeName: 'Name', AttributeType: 'S' },
    { AttributeName: 'StatusTime', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'Name', KeyType: 'HASH' },
    { AttributeName: 'StatusTime', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
} as const;

const key = (minute: number, name = 'Rocinante') => ({
  Name: { S: name },
  StatusTime: { S: `2026-05-01 12:0${minute}:00.000` },
});
const item = (minute: number) => ({ ...key(minute), Distance: { N: String(1800.25 + minute) } });
const made = [
  answers('dynamodb.CreateTable', { ...TABLE, ...SCHEMA }),
  answers('dynamodb.DescribeTable', TABLE, { Table: { TableStatus: 'ACTIVE' } }, { eventually: true }),
];
const gone = answers('dynamodb.DeleteTable', TABLE);

/** Every kind of value that an item can hold. Numbers of 38 digits must come back as they were. */
const EVERY_TYPE = {
  text: { S: 'Einhorn 🦄 é' },
  number: { N: '12345678901234567890123456789012345678' },
  bytes: { B: base64(new Uint8Array([0xff, 0x00, 0xfe])) },
  yes: { BOOL: true },
  nothing: { NULL: true },
  list: { L: [{ S: 'a' }, { N: '1' }, { L: [] }] },
  map: { M: { inner: { M: { deep: { N: '-0.5' } } } } },
  numbers: { NS: ['7'] },
  texts: { SS: ['one'] },
  byteSet: { BS: [base64(new Uint8Array([0x80]))] },
};

/** Tables and items. */
export const DYNAMODB: readonly Scenario[] = [
  {
    title: 'a table is made, described, changed, tagged and deleted',
    steps: [
      answers(
        'dynamodb.CreateTable',
        { ...TABLE, ...SCHEMA },
        {
          TableDescription: {
            TableName: 'rides',
            TableArn: matching(/^arn:aws:dynamodb:us-east-1:\d{12}:table\/rides$/),
            TableStatus: matching(/^(CREATING|ACTIVE)$/),
            KeySchema: SCHEMA.KeySchema,
            CreationDateTime: { time: expect.any(String) },
          },
        },
        { as: 'made' },
      ),
      answers(
        'dynamodb.DescribeTable',
        TABLE,
        {
          Table: {
            TableStatus: 'ACTIVE',
            ItemCount: 0,
            BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
          },
        },
        { eventually: true },
      ),
      answers('dynamodb.ListTables', {}, { TableNames: ['rides'] }),
      answers(
        'dynamodb.DescribeEndpoints',
        {},
        { Endpoints: [{ CachePeriodInMinutes: 1440 }] },
        // Each client has a cloud of its own.
        { apart: ['Endpoints'] },
      ),
      refuses(
        'dynamodb.CreateTable',
        { ...TABLE, ...SCHEMA },
        'ResourceInUseException',
        /^Table already exists: rides$/,
      ),
      answers('dynamodb.UpdateTable', {
        ...TABLE,
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
      }),
      answers(
        'dynamodb.DescribeTable',
        TABLE,
        {
          Table: {
            TableStatus: 'ACTIVE',
            ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
          },
        },
        { eventually: true },
      ),
      answers('dynamodb.DescribeTimeToLive', TABLE, {
        TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
      }),
      answers('dynamodb.TagResource', {
        ResourceArn: from('made.TableDescription.TableArn'),
        Tags: [{ Key: 'stage', Value: 'test' }],
      }),
      answers(
        'dynamodb.ListTagsOfResource',
        { ResourceArn: from('made.TableDescription.TableArn') },
        { Tags: [{ Key: 'stage', Value: 'test' }] },
        { eventually: true },
      ),
      answers('dynamodb.UntagResource', {
        ResourceArn: from('made.TableDescription.TableArn'),
        TagKeys: ['stage'],
      }),
      answers('dynamodb.DeleteTable', TABLE, { TableDescription: { TableName: 'rides' } }),
      refuses(
        'dynamodb.DescribeTable',
        TABLE,
        'ResourceNotFoundException',
        /^Requested resource not found: Table: rides not found$/,
        { eventually: true },
      ),
    ],
  },
  {
    title: 'an item is put, read, updated and deleted, with every type of value',
    steps: [
      ...made,
      answers('dynamodb.PutItem', { ...TABLE, Item: { ...key(0), ...EVERY_TYPE } }),
      answers(
        'dynamodb.GetItem',
        { ...TABLE, Key: key(0), ConsistentRead: true },
        { Item: { ...key(0), ...EVERY_TYPE } },
      ),
      answers(
        'dynamodb.UpdateItem',
        {
          ...TABLE,
          Key: key(0),
          UpdateExpression: 'SET #y = :no ADD #n :one REMOVE #t',
          ExpressionAttributeNames: { '#y': 'yes', '#n': 'count', '#t': 'text' },
          ExpressionAttributeValues: { ':no': { BOOL: false }, ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        },
        { Attributes: { yes: { BOOL: false }, count: { N: '1' } } },
      ),
      answers(
        'dynamodb.DeleteItem',
        { ...TABLE, Key: key(0), ReturnValues: 'ALL_OLD' },
        { Attributes: { count: { N: '1' } } },
      ),
      answers(
        'dynamodb.GetItem',
        { ...TABLE, Key: key(0) },
        expect.not.objectContaining({ Item: expect.anything() }),
      ),
      gone,
    ],
  },
  {
    title: 'items are written in batches, queried, scanned and read in pages',
    steps: [
      ...made,
      answers(
        'dynamodb.BatchWriteItem',
        { RequestItems: { rides: [0, 1, 2].map((minute) => ({ PutRequest: { Item: item(minute) } })) } },
        { UnprocessedItems: {} },
      ),
      answers(
        'dynamodb.Query',
        {
          ...TABLE,
          KeyConditionExpression: '#n = :n AND StatusTime > :t',
          ExpressionAttributeNames: { '#n': 'Name' },
          ExpressionAttributeValues: { ':n': { S: 'Rocinante' }, ':t': key(0).StatusTime },
          ScanIndexForward: false,
        },
        { Count: 2, ScannedCount: 2, Items: [item(2), item(1)] },
      ),
      answers(
        'dynamodb.Scan',
        { ...TABLE, Limit: 2 },
        { Count: 2, LastEvaluatedKey: key(1) },
        { as: 'page' },
      ),
      answers(
        'dynamodb.Scan',
        { ...TABLE, ExclusiveStartKey: from('page.LastEvaluatedKey') },
        { Count: 1, Items: [item(2)] },
      ),
      answers(
        'dynamodb.Scan',
        {
          ...TABLE,
          FilterExpression: 'Distance > :d',
          ExpressionAttributeValues: { ':d': { N: '1802' } },
          Select: 'COUNT',
        },
        { Count: 1, ScannedCount: 3 },
      ),
      answers(
        'dynamodb.BatchGetItem',
        { RequestItems: { rides: { Keys: [key(1), key(7)] } } },
        { Responses: { rides: [item(1)] }, UnprocessedKeys: {} },
      ),
      answers('dynamodb.BatchWriteItem', { RequestItems: { rides: [{ DeleteRequest: { Key: key(1) } }] } }),
      answers('dynamodb.Scan', TABLE, { Count: 2 }),
      gone,
    ],
  },
  {
    title: 'what is wrong with an item or a request is told',
    steps: [
      ...made,
      refuses(
        'dynamodb.GetItem',
        { TableName: 'nowhere', Key: key(0) },
        'ResourceNotFoundException',
        /^Requested resource not found/,
      ),
      refuses(
        'dynamodb.PutItem',
        { TableName: 'nowhere', Item: key(0) },
        'ResourceNotFoundException',
        /^Requested resource not found/,
      ),
      refuses(
        'dynamodb.DeleteTable',
        { TableName: 'nowhere' },
        'ResourceNotFoundException',
        /^Requested resource not found: Table: nowhere not found$/,
      ),
      answers('dynamodb.PutItem', {
        ...TABLE,
        Item: key(0),
        ConditionExpression: 'attribute_not_exists(StatusTime)',
      }),
      refuses(
        'dynamodb.PutItem',
        { ...TABLE, Item: key(0), ConditionExpression: 'attribute_not_exists(StatusTime)' },
        'ConditionalCheckFailedException',
        /^The conditional request failed$/,
      ),
      refuses(
        'dynamodb.PutItem',
        { ...TABLE, Item: { Name: { S: 'Rocinante' } } },
        'ValidationException',
        /^One or more parameter values were invalid: Missing the key StatusTime in the item$/,
      ),
      refuses(
        'dynamodb.PutItem',
        { ...TABLE, Item: { ...key(0), Name: { N: '1' } } },
        'ValidationException',
        /^One or more parameter values were invalid: Type mismatch for key Name expected: S actual: N$/,
      ),
      refuses(
        'dynamodb.GetItem',
        { ...TABLE, Key: { Name: { S: 'x' } } },
        'ValidationException',
        /^The provided key element does not match the schema$/,
      ),
      refuses(
        'dynamodb.Query',
        { ...TABLE, KeyConditionExpression: 'Name = :n', ExpressionAttributeValues: { ':n': { S: 'x' } } },
        'ValidationException',
        /^Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: Name$/,
      ),
      refuses(
        'dynamodb.BatchWriteItem',
        { RequestItems: { rides: [{ PutRequest: { Item: key(1) } }, { PutRequest: { Item: key(1) } }] } },
        'ValidationException',
        /^Provided list of item keys contains duplicates$/,
      ),
      refuses(
        'dynamodb.BatchWriteItem',
        {
          RequestItems: {
            rides: Array.from({ length: 26 }, (_, n) => ({ PutRequest: { Item: key(0, `u${n}`) } })),
          },
        },
        'ValidationException',
        /less than or equal to 25/,
      ),
      refuses(
        'dynamodb.PutItem',
        { ...TABLE, Item: { ...key(0), large: { S: 'x'.repeat(400 * 1024) } } },
        'ValidationException',
        /^Item size has exceeded the maximum allowed size$/,
      ),
      refuses('dynamodb.CreateTable', { TableName: 'a', ...SCHEMA }, 'ValidationException', /3/, {
        unchecked: true,
      }),
      refuses(
        'dynamodb.TransactWriteItems',
        { TransactItems: [{ Put: { ...TABLE, Item: key(0) } }] },
        'UnknownOperationException',
        /TransactWriteItems/,
      ),
      gone,
    ],
  },
  {
    title: 'the changes of a table are read from its stream',
    steps: [
      answers(
        'dynamodb.CreateTable',
        {
          ...TABLE,
          ...SCHEMA,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        },
        {
          TableDescription: {
            LatestStreamArn: matching(/^arn:aws:dynamodb:us-east-1:\d{12}:table\/rides\/stream\/\d{4}-/),
            LatestStreamLabel: expect.any(String),
          },
        },
        { as: 'made' },
      ),
      answers('dynamodb.DescribeTable', TABLE, { Table: { TableStatus: 'ACTIVE' } }, { eventually: true }),
      answers('dynamodb.PutItem', { ...TABLE, Item: item(0) }),
      answers('dynamodb.PutItem', { ...TABLE, Item: { ...item(0), Distance: { N: '1' } } }),
      answers('dynamodb.DeleteItem', { ...TABLE, Key: key(0) }),
      answers('dynamodbstreams.ListStreams', TABLE, {
        Streams: [{ StreamArn: from('made.TableDescription.LatestStreamArn'), TableName: 'rides' }],
      }),
      answers(
        'dynamodbstreams.DescribeStream',
        { StreamArn: from('made.TableDescription.LatestStreamArn') },
        {
          StreamDescription: {
            StreamStatus: 'ENABLED',
            StreamViewType: 'NEW_AND_OLD_IMAGES',
            KeySchema: SCHEMA.KeySchema,
            Shards: [{ ShardId: matching(/^shardId-/) }],
          },
        },
        { as: 'stream', eventually: true },
      ),
      answers(
        'dynamodbstreams.GetShardIterator',
        {
          StreamArn: from('made.TableDescription.LatestStreamArn'),
          ShardId: from('stream.StreamDescription.Shards.0.ShardId'),
          ShardIteratorType: 'TRIM_HORIZON',
        },
        { ShardIterator: expect.any(String) },
        { as: 'start' },
      ),
      answers(
        'dynamodbstreams.GetRecords',
        { ShardIterator: from('start.ShardIterator') },
        {
          Records: [
            {
              eventName: 'INSERT',
              eventSource: 'aws:dynamodb',
              awsRegion: 'us-east-1',
              eventID: expect.any(String),
              dynamodb: {
                Keys: key(0),
                NewImage: item(0),
                SequenceNumber: expect.any(String),
                SizeBytes: expect.any(Number),
                StreamViewType: 'NEW_AND_OLD_IMAGES',
                ApproximateCreationDateTime: { time: expect.any(String) },
              },
            },
            { eventName: 'MODIFY', dynamodb: { OldImage: item(0), NewImage: { Distance: { N: '1' } } } },
            { eventName: 'REMOVE', dynamodb: { OldImage: { Distance: { N: '1' } } } },
          ],
          NextShardIterator: expect.any(String),
        },
        { eventually: true },
      ),
      refuses(
        'dynamodbstreams.DescribeStream',
        { StreamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/nowhere/stream/2026-01-01T00:00:00.000' },
        'ResourceNotFoundException',
        /^Requested resource not found: Stream: arn:.* not found$/,
      ),
      refuses(
        'dynamodbstreams.GetRecords',
        { ShardIterator: 'made up' },
        'ValidationException',
        /Invalid ShardIterator/,
      ),
      gone,
    ],
  },
];
