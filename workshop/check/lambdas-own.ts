import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Workbench } from '../workbench.ts';
import { mappingsOf } from './functions.ts';
import { ifThere } from './missing.ts';
import type { RoleFound, Statement } from './roles.ts';

/** What Lambda does in a function's name, beside what its code does: the function's role has to allow it. */
export interface LambdasOwn {
  /** Whose log it writes. */
  readonly functionName: string;
  /** ARNs of the streams that it reads for the function. */
  readonly streams: readonly string[];
  /** ARNs of the topics and queues that it tells of batches that it gave up. */
  readonly destinations: readonly string[];
}

/** A permission: one action on one resource. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/** On a log group. Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html */
const LOGGING = new Set(['logs:createloggroup', 'logs:createlogstream', 'logs:putlogevents']);

/** On a stream. Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html */
const READING = new Set([
  'kinesis:describestream',
  'kinesis:describestreamsummary',
  'kinesis:getrecords',
  'kinesis:getsharditerator',
  'kinesis:listshards',
  'kinesis:subscribetoshard',
]);

/** Without which nothing is read. */
const READS = 'kinesis:getrecords';

/** Without which nothing is logged. */
const LOGS = 'logs:putlogevents';

/** Of the same policy, the one operation on no stream in particular: its resource can only be `*`. */
const LISTING = 'kinesis:liststreams';

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
const TELLING = new Set(['sns:publish', 'sqs:sendmessage']);

/** The name of the role that a function runs as; undefined when there is no such function. */
export async function roleOf(at: Workbench, functionName: string): Promise<string | undefined> {
  const asked = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  return (await ifThere(at.lambda.send(asked)))?.Role?.split('/').at(-1);
}

/** What Lambda does for a function that is there, as its mappings say it. */
export async function lambdasOwnFor(at: Workbench, functionName: string): Promise<LambdasOwn> {
  const mappings = await mappingsOf(at, functionName);
  return {
    functionName,
    streams: mappings.flatMap(({ EventSourceArn }) => EventSourceArn ?? []),
    destinations: mappings.flatMap(
      ({ DestinationConfig }) => DestinationConfig?.OnFailure?.Destination ?? [],
    ),
  };
}

/** Whether a permission is for what Lambda does. Actions are the same in any case. */
export function isLambdasOwn({ action, resource }: Permission, own: LambdasOwn): boolean {
  const name = action.toLowerCase();
  if (name === LISTING) return true;
  if (LOGGING.has(name)) return isLogOf(own.functionName, resource);
  if (READING.has(name)) return own.streams.includes(resource);
  return TELLING.has(name) && own.destinations.includes(resource);
}

/** The group itself, or all of its streams. */
function isLogOf(functionName: string, resource: string): boolean {
  const name = /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*|:log-stream:\*)?$/.exec(resource)?.[1];
  return name === `/aws/lambda/${functionName}`;
}

/** What a statement names: each of its actions on each of its resources. */
export function permissionsOf({ actions, resources }: Statement): Permission[] {
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
}

/** Whether a role's own policies let Lambda read one of the streams in its name. */
export function mayReadIts(role: RoleFound, own: LambdasOwn): boolean {
  return mayDo(role, own, READS);
}

/** Whether a role's own policies let Lambda write the function's log. */
export function mayLog(role: RoleFound, own: LambdasOwn): boolean {
  return mayDo(role, own, LOGS);
}

function mayDo({ inline }: RoleFound, own: LambdasOwn, wanted: string): boolean {
  return Object.values(inline)
    .flat()
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(permissionsOf)
    .some((each) => each.action.toLowerCase() === wanted && isLambdasOwn(each, own));
}
