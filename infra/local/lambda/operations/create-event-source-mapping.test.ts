import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ARN, eventually, MappingBenches } from '../testing/mapping-bench.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

const INPUT: CreateEventSourceMappingCommandInput = {
  FunctionName: 'f',
  EventSourceArn: ARN,
  StartingPosition: 'TRIM_HORIZON',
};

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/wildrydes/stream/2026-01-01T00:00:00.000';

describe('a mapping', () => {
  test('has the defaults of AWS, is Creating, then Enabled', async () => {
    const { client } = await benches.open();
    const { $metadata, ...created } = await client.send(new CreateEventSourceMappingCommand(INPUT));
    expect($metadata.httpStatusCode).toBe(202);
    expect(created).toEqual({
      UUID: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${created.UUID}`,
      EventSourceArn: ARN,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      State: 'Creating',
      StateTransitionReason: 'User action',
      LastModified: expect.any(Date),
      LastProcessingResult: 'No records processed',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      FunctionResponseTypes: [],
      TumblingWindowInSeconds: 0,
      DestinationConfig: { OnFailure: {} },
    });
    const { UUID } = created;
    const found = await client.send(new GetEventSourceMappingCommand({ UUID }));
    expect(found).toMatchObject({ ...created, State: 'Enabled' });
  });

  test('keeps every setting', async () => {
    const { client } = await benches.open();
    const settings = {
      BatchSize: 1,
      MaximumBatchingWindowInSeconds: 300,
      ParallelizationFactor: 10,
      MaximumRetryAttempts: 10_000,
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:alerts' } },
      FilterCriteria: {
        Filters: [{ Pattern: '{"data": {"a": [1]}}' }, { Pattern: '{"partitionKey": ["a"]}' }],
      },
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date('2026-01-01T00:00:00.500Z'),
    } as const satisfies Partial<CreateEventSourceMappingCommandInput>;
    const { UUID } = await client.send(
      new CreateEventSourceMappingCommand({ ...INPUT, ...settings, Enabled: false }),
    );
    expect(await client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      ...settings,
      State: 'Disabled',
    });
  });

  test.each([
    ['f', 'function:f'],
    ['f:$LATEST', 'function:f:$LATEST'],
    ['function:f', 'function:f'],
    ['000000000000:function:f', 'function:f'],
    ['arn:aws:lambda:us-west-2:000000000000:function:f', 'function:f'],
    ['arn:aws:lambda:us-west-2:000000000000:function:f:$LATEST', 'function:f:$LATEST'],
  ])('of the function %s', async (FunctionName, function_) => {
    const { client } = await benches.open();
    const { FunctionArn } = await client.send(
      new CreateEventSourceMappingCommand({ ...INPUT, FunctionName }),
    );
    expect(FunctionArn).toBe(`arn:aws:lambda:us-east-1:000000000000:${function_}`);
  });

  test('delivers, tells the result, and sends only what meets a filter', async () => {
    const { client, stream, batches } = await benches.open();
    for (const data of ['text', '{"a": 1}', '{"a": 2}', '{"a": 1, "b": 2}']) stream.shard(0).put(data);
    const Filters = [{ Pattern: '{"data": {"a": [1]}}' }];
    const { UUID } = await client.send(
      new CreateEventSourceMappingCommand({ ...INPUT, FilterCriteria: { Filters } }),
    );
    await eventually(() => expect(batches).toEqual(['f: {"a": 1} {"a": 1, "b": 2}']));
    await eventually(async () => {
      const { LastProcessingResult } = await client.send(new GetEventSourceMappingCommand({ UUID }));
      expect(LastProcessingResult).toBe('OK');
    });
  });

  test('tells that its function fails', async () => {
    const { client, stream } = await benches.open({ handler: 'throw new Error("no");' });
    stream.shard(0).put('0');
    const { UUID } = await client.send(new CreateEventSourceMappingCommand(INPUT));
    await eventually(async () => {
      const { LastProcessingResult } = await client.send(new GetEventSourceMappingCommand({ UUID }));
      expect(LastProcessingResult).toBe('PROBLEM: Function call failed');
    });
  });

  test('tells its destination what it gives up', async () => {
    const { client, stream, told } = await benches.open({ handler: 'throw new Error("no");' });
    stream.shard(0).put('0');
    const Destination = 'arn:aws:sns:us-east-1:000000000000:alerts';
    await client.send(
      new CreateEventSourceMappingCommand({
        ...INPUT,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination } },
      }),
    );
    await eventually(() => expect(told).toEqual([[Destination, expect.any(String)]]));
    expect(JSON.parse(told[0]![1])).toMatchObject({
      requestContext: {
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST',
        condition: 'RetryAttemptsExhausted',
      },
      KinesisBatchInfo: { streamArn: ARN, batchSize: 1 },
    });
  });

  test('begins with what comes later, at LATEST, and at a time', async () => {
    const { client, stream, batches } = await benches.open();
    stream.shard(0).put('0', 'a', 1_000);
    stream.shard(0).put('1', 'a', 2_000);
    await client.send(
      new CreateEventSourceMappingCommand({
        ...INPUT,
        FunctionName: 'g',
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: new Date(2_000),
      }),
    );
    await client.send(new CreateEventSourceMappingCommand({ ...INPUT, StartingPosition: 'LATEST' }));
    await eventually(() => expect(batches).toEqual(['g: 1']));
    stream.shard(0).put('2', 'a', 3_000);
    await eventually(() => expect(batches.toSorted()).toEqual(['f: 2', 'g: 1', 'g: 2']));
  });
});

describe('what is refused', () => {
  const refused = async (input: object) => {
    const { client } = await benches.open();
    const command = new CreateEventSourceMappingCommand({ ...INPUT, ...input });
    return client.send(command).then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };

  test.each<[object, string]>([
    [{ EventSourceArn: undefined }, 'Unrecognized event source.'],
    [
      { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue' },
      'Unrecognized event source: the local Lambda reads streams of Kinesis and of DynamoDB (given arn:aws:sqs:us-east-1:000000000000:queue)',
    ],
    [
      { EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/wildrydes' },
      'Unrecognized event source: the local Lambda reads streams of Kinesis and of DynamoDB (given arn:aws:dynamodb:us-east-1:000000000000:table/wildrydes)',
    ],
    [{ EventSourceArn: `${ARN}-2` }, `Stream not found: ${ARN}-2`],
    [{ FunctionName: 'missing' }, 'Function does not exist'],
    [{ FunctionName: 'f:7' }, 'Function does not exist'],
    [{ FunctionName: '__proto__' }, 'Function does not exist'],
    [
      { StartingPosition: undefined },
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    ],
    [
      { StartingPosition: 'LATEST', StartingPositionTimestamp: new Date(1_000) },
      'Timestamp only valid with StartingPosition AT_TIMESTAMP',
    ],
    [
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(-1_000) },
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    ],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp'],
    [
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date('2999-01-01') },
      'StartingPositionTimestamp cannot be in the future (given 2999-01-01T00:00:00.000Z)',
    ],
    [
      { EventSourceArn: TABLE, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(1_000) },
      `Unsupported starting position for arn type: ${TABLE}`,
    ],
    [
      { MaximumRecordAgeInSeconds: 59 },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    [
      { TumblingWindowInSeconds: 60, ParallelizationFactor: 2 },
      'A tumbling window goes with a ParallelizationFactor of 1 only (given 2)',
    ],
    [{ FilterCriteria: { Filters: [{ Pattern: 'plain' }] } }, 'Invalid filter pattern definition.'],
    [{ FilterCriteria: { Filters: [{}] } }, 'Invalid filter pattern definition.'],
    [
      { DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sns:us-east-1:000000000000:alerts' } } },
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    ],
    [
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:queue' } } },
      'The destination must be the ARN of an SNS topic or of an S3 bucket: the local cloud has no others (given arn:aws:sqs:us-east-1:000000000000:queue)',
    ],
    [{ Topics: ['t'] }, "Unsupported 'topics' parameter for given event source mapping type."],
    [
      { KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1' },
      "Unsupported 'kmsKeyArn' parameter for given event source mapping type.",
    ],
    [
      { ScalingConfig: { MaximumConcurrency: 2 } },
      "Unsupported 'scalingConfig' parameter for given event source mapping type.",
    ],
  ])('InvalidParameterValueException for %j', async (input, message) => {
    expect(await refused(input)).toBe(`InvalidParameterValueException: ${message}`);
  });

  test.each<[object, string]>([
    [
      { BatchSize: 0 },
      "Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [{ BatchSize: 10_001 }, 'less than or equal to 10000'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'less than or equal to 300'],
    [{ ParallelizationFactor: 0 }, 'greater than or equal to 1'],
    [{ ParallelizationFactor: 11 }, 'less than or equal to 10'],
    [{ MaximumRetryAttempts: -2 }, 'greater than or equal to -1'],
    [{ MaximumRetryAttempts: 10_001 }, 'less than or equal to 10000'],
    [{ MaximumRecordAgeInSeconds: -2 }, 'greater than or equal to -1'],
    [{ MaximumRecordAgeInSeconds: 604_801 }, 'less than or equal to 604800'],
    [{ TumblingWindowInSeconds: 901 }, 'less than or equal to 900'],
    [
      { StartingPosition: '0' },
      "1 validation error detected: Value '0' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ],
    [{ FunctionResponseTypes: ['Other'] }, 'Member must satisfy enum value set: [ReportBatchItemFailures]'],
    [{ FunctionName: 'a b' }, "Value 'a b' at 'functionName' failed to satisfy constraint"],
    [{ FunctionName: undefined }, "Value null at 'functionName'"],
    [{ EventSourceArn: 'wildrydes' }, "Value 'wildrydes' at 'eventSourceArn'"],
    [
      { FilterCriteria: { Filters: [{ Pattern: 'x'.repeat(4_097) }] } },
      "at 'filterCriteria.filters.1.member.pattern'",
    ],
  ])('ValidationException for %j', async (input, message) => {
    const answer = await refused(input);
    expect(answer).toMatch(/^ValidationException: /);
    expect(answer).toContain(message);
  });

  test('the same stream and function again, also by another ARN, until the first is deleted', async () => {
    const { client } = await benches.open();
    const { UUID } = await client.send(new CreateEventSourceMappingCommand({ ...INPUT, Enabled: false }));
    for (const EventSourceArn of [ARN, ARN.replace('us-east-1', 'us-west-2'), `${ARN}/consumer/c:1`]) {
      await expect(
        client.send(new CreateEventSourceMappingCommand({ ...INPUT, EventSourceArn })),
      ).rejects.toMatchObject({
        name: 'ResourceConflictException',
        message: `The event source arn (" ${ARN} ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ${UUID}`,
        $metadata: { httpStatusCode: 409 },
      });
    }
    await client.send(new CreateEventSourceMappingCommand({ ...INPUT, FunctionName: 'g' }));
    await client.send(new DeleteEventSourceMappingCommand({ UUID }));
    await eventually(() => client.send(new CreateEventSourceMappingCommand(INPUT)));
  });

  test.each(['{"FunctionName":', '[]', '"text"', 'null', ''])('a body that is %j', async (body) => {
    const { endpoint } = await benches.open();
    const response = await fetch(`${endpoint}/2015-03-31/event-source-mappings`, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request, a' },
      ...(body === '' ? {} : { body }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toMatch(
      /^(InvalidRequestContent|Serialization)Exception$/,
    );
  });
});
