import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { GetFunctionConfigurationCommand, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { ifThere } from '../../check/missing.ts';
import { roleNamed } from '../../check/roles.ts';
import { notYet, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** Something that is still there, and the command that deletes it. */
interface Left {
  readonly what: string;
  readonly command: string;
}

/** Nothing of what the module made is left. */
export async function checkTeardown(at: Workbench): Promise<Passed> {
  const looked = 'mapping, function, log group, stream and role';
  // In this order they can be deleted: what uses another goes before it.
  const left = [
    ...(await mappingsLeft(at)),
    ...(await functionLeft(at)),
    ...(await logsLeft(at)),
    ...(await streamLeft(at)),
    ...(await roleLeft(at)),
  ];
  if (left.length === 0) return passed(looked, 'all of them are gone');
  throw notYet({
    looked,
    found: `left: ${left.map(({ what }) => what).join(', ')}`,
    expected: 'all of them are gone',
    next: left.map(({ command }) => command).join(' && '),
  });
}

/**
 * Mappings that have to do with the stream or the function: a mapping stays when these are deleted, and is then found
 * by neither. Those that are being deleted count as gone.
 */
export async function mappingsAround(at: Workbench): Promise<string[]> {
  const { cliStream, cliFunction } = at.names;
  const found: string[] = [];
  for await (const page of paginateListEventSourceMappings({ client: at.lambda }, {})) {
    for (const { UUID = '', State, FunctionArn = '', EventSourceArn = '' } of page.EventSourceMappings ??
      []) {
      const ours =
        FunctionArn.split(':')[6] === cliFunction || EventSourceArn.endsWith(`:stream/${cliStream}`);
      if (ours && State !== 'Deleting') found.push(UUID);
    }
  }
  return found;
}

async function mappingsLeft(at: Workbench): Promise<Left[]> {
  return (await mappingsAround(at)).map((uuid) => ({
    what: `the mapping ${uuid}`,
    command: `aws lambda delete-event-source-mapping --uuid ${uuid}`,
  }));
}

async function functionLeft(at: Workbench): Promise<Left[]> {
  const name = at.names.cliFunction;
  const found = await ifThere(at.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })));
  if (found === undefined) return [];
  return [{ what: `the function ${name}`, command: `aws lambda delete-function --function-name ${name}` }];
}

async function logsLeft(at: Workbench): Promise<Left[]> {
  const name = `/aws/lambda/${at.names.cliFunction}`;
  for await (const page of paginateDescribeLogGroups({ client: at.logs }, { logGroupNamePrefix: name })) {
    if (page.logGroups?.some(({ logGroupName }) => logGroupName === name)) {
      return [
        { what: `the log group ${name}`, command: `aws logs delete-log-group --log-group-name ${name}` },
      ];
    }
  }
  return [];
}

async function streamLeft(at: Workbench): Promise<Left[]> {
  const name = at.names.cliStream;
  const found = await ifThere(at.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name })));
  if (found === undefined) return [];
  const leaving = found.StreamDescriptionSummary?.StreamStatus === 'DELETING';
  return [
    leaving
      ? {
          what: `the stream ${name}, on its way out`,
          command: `aws kinesis wait stream-not-exists --stream-name ${name}`,
        }
      : { what: `the stream ${name}`, command: `aws kinesis delete-stream --stream-name ${name}` },
  ];
}

async function roleLeft(at: Workbench): Promise<Left[]> {
  const name = at.names.cliRole;
  if ((await ifThere(at.iam.send(new GetRoleCommand({ RoleName: name })))) === undefined) return [];
  const { attached, inline } = await roleNamed(at, name);
  // IAM deletes no role that a policy is still on.
  const commands = [
    ...attached.map((arn) => `aws iam detach-role-policy --role-name ${name} --policy-arn ${arn}`),
    ...Object.keys(inline).map(
      (policy) => `aws iam delete-role-policy --role-name ${name} --policy-name ${policy}`,
    ),
    `aws iam delete-role --role-name ${name}`,
  ];
  return [{ what: `the role ${name}`, command: commands.join(' && ') }];
}
