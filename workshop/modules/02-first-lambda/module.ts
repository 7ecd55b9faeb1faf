import { removeFunction, removeMapping } from '../../install/functions.ts';
import { removeRole } from '../../install/roles.ts';
import { removeStream } from '../../install/streams.ts';
import type { Module } from '../../module.ts';
import { checkFunction } from './function.ts';
import { checkMapping } from './mapping.ts';
import { checkRecord } from './record.ts';
import { checkRole } from './role.ts';
import { checkStream } from './stream.ts';
import { checkTeardown, mappingsAround } from './teardown.ts';

export const firstLambda: Module = {
  number: 2,
  folder: '02-first-lambda',
  title: 'A first Lambda by hand',
  minutes: 30,
  steps: [
    {
      name: 'role',
      goal: 'Make the role lambda-cli-role for the function',
      why: 'A function has no rights of its own. It takes on a role, and may do what the role may: so little that nobody who gets hold of it can do harm.',
      hints: [
        'A role has two sides: a trust policy, which says who may assume it, and policies that say what it may do then.',
        'Who assumes it is the service lambda.amazonaws.com. What it may do, AWS has ready: aws iam list-policies --scope AWS lists AWSLambdaKinesisExecutionRole.',
        'aws iam create-role --role-name ${PREFIX}lambda-cli-role --assume-role-policy-document file://my-rydes/02-first-lambda/trust-policy.json, then aws iam attach-role-policy with --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole',
      ],
      check: checkRole,
      fleeting: true,
    },
    {
      name: 'stream',
      goal: 'Create the stream lambda-cli-stream',
      why: 'The unicorns send a reading every second. In a stream of its own, nothing happens but what you do.',
      hints: [
        'It is done as in module 1.',
        'One shard is enough: aws kinesis create-stream help',
        'aws kinesis create-stream --stream-name ${PREFIX}lambda-cli-stream --shard-count 1',
      ],
      check: checkStream,
      fleeting: true,
    },
    {
      name: 'function',
      goal: 'Write and create the function kinesisEventLogger',
      why: 'This is the part that is yours: what happens to a record. Where it runs, how often and how many of it at once is up to Lambda.',
      hints: [
        'Lambda calls the handler with an event. In event.Records is a batch of records, and in kinesis.data of each what the producer sent, in base64.',
        "Two things are to be done with it: Buffer.from(text, 'base64') gives bytes, and bytes become text by an encoding. Which one do producers use?",
        "for (const { kinesis } of event.Records) console.log(Buffer.from(kinesis.data, 'base64').toString('utf8')); and then: ./wildrydes workshop pack my-rydes/02-first-lambda/kinesisEventLogger.js, and aws lambda create-function with --handler kinesisEventLogger.handler",
      ],
      check: checkFunction,
      files: ['kinesisEventLogger.js', 'kinesisEventLogger.ts'],
      fleeting: true,
    },
    {
      name: 'mapping',
      goal: 'Have Lambda read the stream, and invoke the function',
      why: 'Nobody calls your function, and it asks nobody. A mapping reads the stream for it, keeps the place up to which all is done, and hands over what comes.',
      hints: [
        'What connects a stream with a function is called an event source mapping. It belongs to Lambda.',
        'It is to begin with what comes from now on, one record at a time: aws lambda create-event-source-mapping help',
        'aws lambda create-event-source-mapping --function-name ${PREFIX}kinesisEventLogger --event-source-arn "$STREAM_ARN" --batch-size 1 --starting-position LATEST',
      ],
      check: checkMapping,
      fleeting: true,
    },
    {
      name: 'record',
      goal: 'Send a text of your own, and find it in the log',
      why: 'Now it is seen that the parts work together. What a function prints goes to CloudWatch Logs, which is the first place to look when one does not do what you think.',
      hints: [
        'The text goes in at the stream, and comes out in the log group /aws/lambda/kinesisEventLogger.',
        'Write it to a file, since the two versions of the CLI read text on the command line differently: aws kinesis put-record takes it with fileb://',
        "printf 'my own text' > my-rydes/02-first-lambda/record.txt, then aws kinesis put-record --stream-name ${PREFIX}lambda-cli-stream --partition-key 1 --data fileb://my-rydes/02-first-lambda/record.txt",
      ],
      check: checkRecord,
      fleeting: true,
    },
    {
      name: 'teardown',
      goal: 'Take all of it away',
      why: 'The stream costs by the hour, and a mapping polls as long as it is there. What you made by hand, nothing deletes for you: the log least of all.',
      hints: [
        'You have made four things, and Lambda made a fifth for you. Begin with what uses the others.',
        'The mapping, the function, its log group, the stream, and last the role, which must have no policy on it.',
        'aws lambda delete-event-source-mapping, aws lambda delete-function, aws logs delete-log-group, aws kinesis delete-stream, aws iam detach-role-policy, aws iam delete-role',
      ],
      check: checkTeardown,
      after: ['role', 'stream', 'function', 'mapping', 'record'],
    },
  ],
  // The last step takes all of it away: what the module leaves behind is nothing.
  install: async () => {},
  remove: async (at) => {
    for (const uuid of await mappingsAround(at)) await removeMapping(at, uuid);
    await removeFunction(at, at.names.cliFunction);
    await removeStream(at, at.names.cliStream);
    await removeRole(at, at.names.cliRole);
  },
};
