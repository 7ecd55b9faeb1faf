import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { PROJECT_ROOT } from '../../../infra/project.ts';
import { ensureFunction, ensureMapping, removeFunction } from '../../install/functions.ts';
import { ensureRole, removeRole } from '../../install/roles.ts';
import { ensureTable, removeTable } from '../../install/tables.ts';
import type { Module } from '../../module.ts';
import type { Workbench } from '../../workbench.ts';
import { removeAlert } from './alert/install.ts';
import { alertStep } from './alert/step.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFunction } from './function.ts';
import { checkMapping } from './mapping.ts';
import { checkPoison } from './poison.ts';
import { checkRocinante } from './rocinante.ts';
import { checkRole, KINESIS_POLICY } from './role.ts';
import { checkTable } from './table.ts';
import { checkThrottled } from './throttled.ts';

const FOLDER = '04-stream-processing';

const FILES = ['processor.ts', 'processor.mjs'] as const;

export const streamProcessing: Module = {
  number: 4,
  folder: FOLDER,
  title: 'Stream processing',
  minutes: 60,
  steps: [
    {
      name: 'table',
      goal: 'Create the table UnicornSensorData',
      why: 'A stream forgets after a day. What operations asks for, the minutes of one unicorn in order, is one look into a table with the right keys.',
      hints: [
        'A table needs to know of its keys only: one that tells the unicorns apart, and one that tells the minutes of a unicorn apart and puts them in order.',
        'The partition key is Name, the sort key is StatusTime, both are strings (S). On demand is called PAY_PER_REQUEST.',
        'aws dynamodb create-table --table-name ${PREFIX}UnicornSensorData --attribute-definitions AttributeName=Name,AttributeType=S AttributeName=StatusTime,AttributeType=S --key-schema AttributeName=Name,KeyType=HASH AttributeName=StatusTime,KeyType=RANGE --billing-mode PAY_PER_REQUEST',
      ],
      check: checkTable,
    },
    {
      name: 'role',
      goal: 'Create the role WildRydesStreamProcessorRole',
      why: 'A function may do what its role allows. Whoever gets hold of it, by a defect in a package for instance, may do that too: so it allows what is needed, and nothing else.',
      hints: [
        'Two things are needed: to read the stream and write a log, for which AWS keeps a policy, and to write to your table, for which it does not.',
        'Attach AWSLambdaKinesisExecutionRole, and put an inline policy that allows dynamodb:BatchWriteItem on the ARN of the table.',
        'aws iam put-role-policy --role-name ${PREFIX}WildRydesStreamProcessorRole --policy-name write-summaries --policy-document file://my-rydes/04-stream-processing/table-policy.json, with one statement in the file: Effect Allow, Action dynamodb:BatchWriteItem, Resource the ARN of the table',
      ],
      check: checkRole,
    },
    {
      name: 'function',
      goal: 'Write and deploy WildRydesStreamProcessor',
      why: 'Lambda calls your code with a batch of records; all that you have to write is what becomes of them.',
      hints: [
        'A record has its data in base64. In it is UTF-8 text, and that is one JSON object: the attributes of the item, as they are.',
        'BatchWriteItem takes 25 items in a request, and a batch has up to 100 records. The name of the table is in process.env.TABLE_NAME.',
        "JSON.parse(Buffer.from(data, 'base64').toString('utf8')), and for each 25: await table.send(new BatchWriteCommand({ RequestItems: { [tableName]: summaries.map((Item) => ({ PutRequest: { Item } })) } }))",
      ],
      check: checkFunction,
      files: FILES,
    },
    {
      name: 'mapping',
      goal: 'Feed the function from wildrydes-aggregated',
      why: 'A mapping reads the stream for you, remembers how far it is, and calls the function with what is new, until it says that it is done.',
      hints: [
        'It is called an event source mapping, and its source is named by ARN.',
        'It starts at TRIM_HORIZON, so that what is in the stream already is not passed over, and looks at what the function reports of single records.',
        'aws lambda create-event-source-mapping --function-name ${PREFIX}WildRydesStreamProcessor --event-source-arn "$SUMMARIES" --batch-size 100 --starting-position TRIM_HORIZON --function-response-types ReportBatchItemFailures',
      ],
      check: checkMapping,
    },
    {
      name: 'rocinante',
      goal: 'Find the minutes of Rocinante in the table',
      why: 'This is what the pipeline is for: a reading a second goes in, and an item a minute comes out, whoever looks at it and when.',
      hints: [
        'Nothing is to be built here: the producer sends, the application sums up, your function writes.',
        'If nothing comes, go along the pipeline: does wildrydes-aggregated have summaries, what does the mapping say, what is in the log of the function?',
        'aws lambda list-event-source-mappings --function-name ${PREFIX}WildRydesStreamProcessor --query "EventSourceMappings[0].LastProcessingResult", and ./wildrydes status',
      ],
      check: checkRocinante,
    },
    {
      name: 'poison',
      goal: 'Let no bad record hold up the good ones',
      why: 'Lambda sends a batch that failed again, and nothing that comes after it before that. A record that can never be handled must not be what it waits for.',
      hints: [
        'A record that is no summary today is none tomorrow. What is gained by seeing it again?',
        'Look at each record by itself, catch what goes wrong with it, log its sequence number, and go on. Text that is no UTF-8, and JSON that lacks Name or StatusTime, go wrong too.',
        "for (const { kinesis } of event.Records) try { … } catch (error) { console.error(kinesis.sequenceNumber, error) }, with new TextDecoder('utf-8', { fatal: true }) to decode, and an error of your own for what has no Name or StatusTime",
      ],
      check: checkPoison,
      files: FILES,
    },
    {
      name: 'duplicates',
      goal: 'Take a minute that comes twice',
      why: 'Streams deliver at least once, and now and then twice. What comes again must come to the same.',
      hints: [
        'BatchWriteItem refuses a request that has a key twice. Which of the two should be written?',
        'Sequence numbers rise within a batch: the later record is the later word on that minute.',
        'A Map with StatusTime and Name as key: what is set later takes the place of what was set before. Write its values().',
      ],
      check: checkDuplicates,
      files: FILES,
    },
    {
      name: 'throttled',
      goal: 'Lose nothing while the table is busy',
      why: 'A table may take a part of a request, and say so in an answer that counts as success. Who does not read it loses items, and nobody is told.',
      hints: [
        'What does BatchWriteItem answer, and which part of the answer do you look at?',
        'Send again what UnprocessedItems names, a few times, with a pause that grows. Then tell Lambda what is left: it sends it again, and has more patience than your function has time.',
        'return { batchItemFailures: left.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) }, where left is what could not be written after five attempts, or because the request failed',
      ],
      check: checkThrottled,
      files: FILES,
      // On AWS a table throttles only while it is provisioned too small, which it does not stay.
      fleeting: true,
    },
    alertStep,
  ],
  furtherTexts: ['ALERTING.md'],
  install,
  remove: async (at) => {
    await removeAlert(at);
    await removeFunction(at, at.names.processor);
    await removeRole(at, at.names.processorRole);
    await removeTable(at, at.names.table);
  },
};

/** Needs the stream of summaries, which module 3 leaves behind. */
async function install(at: Workbench): Promise<void> {
  const { table, processorRole, processor, summaries } = at.names;
  await ensureTable(at, table, 'Name', 'StatusTime');
  const { Table } = await at.dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const roleArn = await ensureRole(at, {
    name: processorRole,
    service: 'lambda.amazonaws.com',
    attached: [KINESIS_POLICY],
    inline: {
      'write-summaries': [{ Effect: 'Allow', Action: 'dynamodb:BatchWriteItem', Resource: Table?.TableArn }],
    },
  });
  await ensureFunction(at, {
    name: processor,
    source: join(PROJECT_ROOT, 'workshop/modules', FOLDER, 'solution/processor.ts'),
    roleArn,
    environment: { TABLE_NAME: table },
  });
  const { StreamDescriptionSummary } = await at.kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: summaries }),
  );
  await ensureMapping(at, {
    FunctionName: processor,
    EventSourceArn: StreamDescriptionSummary?.StreamARN ?? '',
    BatchSize: 100,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
}
