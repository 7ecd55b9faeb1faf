import {
  CreateEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, expect, test } from 'vitest';
import { ARN, type MappingBench, MappingBenches } from '../testing/mapping-bench.ts';

const benches = new MappingBenches();
afterEach(() => benches.closeAll());
afterAll(() => benches.remove());

const OTHER = ARN.replace('wildrydes', 'other');

/** Of both functions, one to each of two streams; one of the four is the kit's. */
async function four(): Promise<MappingBench> {
  const bench = await benches.open();
  bench.kinesis.create('other');
  bench.lambda.map({ functionName: 'f', streamName: 'wildrydes', startingPosition: 'LATEST' });
  for (const [FunctionName, EventSourceArn] of [
    ['f:$LATEST', OTHER],
    ['g', ARN],
    ['g', OTHER],
  ] as const) {
    await bench.client.send(
      new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn, StartingPosition: 'LATEST' }),
    );
  }
  return bench;
}

async function list({ client }: MappingBench, input: ListEventSourceMappingsCommandInput) {
  const { EventSourceMappings = [], NextMarker } = await client.send(
    new ListEventSourceMappingsCommand(input),
  );
  const names = EventSourceMappings.map(
    ({ FunctionArn, EventSourceArn }) =>
      `${EventSourceArn?.split('/')[1]} ${FunctionArn?.split(':function:')[1]}`,
  );
  return { names: names.toSorted(), NextMarker };
}

test('lists all, of a function, of a stream, of both', async () => {
  const bench = await four();
  const all = ['other f:$LATEST', 'other g', 'wildrydes f', 'wildrydes g'];
  expect(await list(bench, {})).toEqual({ names: all, NextMarker: undefined });
  const cases: [ListEventSourceMappingsCommandInput, string[]][] = [
    [{ FunctionName: 'f' }, ['other f:$LATEST', 'wildrydes f']],
    [{ FunctionName: 'f:$LATEST' }, ['other f:$LATEST']],
    [{ FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:g' }, ['other g', 'wildrydes g']],
    [{ FunctionName: 'missing' }, []],
    [{ EventSourceArn: ARN }, ['wildrydes f', 'wildrydes g']],
    [{ EventSourceArn: ARN.replace('us-east-1', 'us-west-2') }, ['wildrydes f', 'wildrydes g']],
    [{ EventSourceArn: `${ARN}-2` }, []],
    [{ EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue' }, []],
    [{ EventSourceArn: OTHER, FunctionName: 'g' }, ['other g']],
  ];
  for (const [input, names] of cases) expect((await list(bench, input)).names).toEqual(names);
});

test('pages, each mapping once', async () => {
  const bench = await four();
  const found: string[] = [];
  let Marker: string | undefined;
  let pages = 0;
  do {
    const page = await list(bench, { MaxItems: 3, ...(Marker === undefined ? {} : { Marker }) });
    found.push(...page.names);
    Marker = page.NextMarker;
    pages++;
  } while (Marker !== undefined);
  expect(pages).toBe(2);
  expect(found.toSorted()).toEqual(['other f:$LATEST', 'other g', 'wildrydes f', 'wildrydes g']);
});

test.each<[ListEventSourceMappingsCommandInput, string, string]>([
  [{ MaxItems: 0 }, 'ValidationException', "Value '0' at 'maxItems'"],
  [{ MaxItems: 10_001 }, 'ValidationException', 'less than or equal to 10000'],
  [{ EventSourceArn: 'wildrydes' }, 'ValidationException', "at 'eventSourceArn'"],
  [{ FunctionName: 'a b' }, 'ValidationException', "at 'functionName'"],
  [{ Marker: 'nonsense' }, 'InvalidParameterValueException', 'Marker must be a NextMarker'],
])('refuses %j', async (input, name, message) => {
  const bench = await benches.open();
  await expect(list(bench, input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});
