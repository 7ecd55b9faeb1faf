import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  paginateListStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { stackCalled, stackNameOf } from '../naming.ts';
import { STACK_NAMES, type StackName } from '../stack-names.ts';

/** A stack of the kit as it stands in an account. */
export interface DeployedStack {
  readonly name: StackName;
  /** What it is called there. */
  readonly stackName: string;
  readonly id: string;
  /** As CloudFormation calls it: CREATE_COMPLETE. */
  readonly status: string;
  /** Why it is so, in CloudFormation's words, where it says. */
  readonly reason: string | undefined;
}

/** Something that a stack has made. */
export interface StackResource {
  readonly stack: StackName;
  /** AWS::Kinesis::Stream */
  readonly type: string;
  /** As CloudFormation knows it: a name, an ARN or an id, by the type. */
  readonly id: string;
  /** CREATE_COMPLETE, DELETE_FAILED, … */
  readonly status: string;
}

/** The stack that `cdk bootstrap` makes, unless it is told another name. */
const TOOLKIT = 'CDKToolkit';

/** The kit's stacks of one prefix that there are, in the order in which they are deployed. */
export async function deployedStacks(client: CloudFormationClient, prefix: string): Promise<DeployedStack[]> {
  // By name, each: a participant's policy may allow no list of all.
  const found = await Promise.all(
    STACK_NAMES.map(async (name) => {
      const stackName = stackNameOf(prefix, name);
      const stack = await describe(client, stackName);
      if (stack === undefined) return [];
      const { StackId: id = stackName, StackStatus: status = 'UNKNOWN', StackStatusReason: why } = stack;
      return [{ name, stackName, id, status, reason: why || undefined }];
    }),
  );
  return found.flat();
}

/**
 * The version of what `cdk bootstrap` made here; undefined if it never was, or is not whole.
 * Source: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export async function bootstrapVersion(client: CloudFormationClient): Promise<number | undefined> {
  const { StackStatus: status = '', Outputs: outputs = [] } = (await describe(client, TOOLKIT)) ?? {};
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status)) return undefined;
  const version = outputs.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue;
  return version === undefined ? undefined : Number(version);
}

/** Everything of a stack, also of one that is deleted, for 90 days. */
export async function resourcesOf(
  client: CloudFormationClient,
  { name, id }: Pick<DeployedStack, 'name' | 'id'>,
): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: id })) {
    for (const each of page.StackResourceSummaries ?? []) {
      const { ResourceType: type = '', PhysicalResourceId = '', ResourceStatus: status = '' } = each;
      // What was never made has no name.
      if (PhysicalResourceId !== '') resources.push({ stack: name, type, id: PhysicalResourceId, status });
    }
  }
  return resources;
}

/**
 * What CloudFormation left where it was when it deleted the kit's stacks of this prefix: of each stack, its last deletion in
 * the 90 days that CloudFormation remembers.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
 */
export async function leftByDeletion(client: CloudFormationClient, prefix: string): Promise<StackResource[]> {
  const latest = new Map<StackName, { readonly id: string; readonly at: number }>();
  for await (const page of paginateListStacks({ client }, { StackStatusFilter: ['DELETE_COMPLETE'] })) {
    for (const { StackName: stackName = '', StackId: id = '', DeletionTime } of page.StackSummaries ?? []) {
      const name = stackCalled(prefix, stackName);
      const at = DeletionTime?.getTime() ?? 0;
      if (name !== undefined && at >= (latest.get(name)?.at ?? 0)) latest.set(name, { id, at });
    }
  }
  const left: StackResource[] = [];
  for (const [name, { id }] of latest) {
    const resources = await resourcesOf(client, { name, id });
    left.push(...resources.filter(({ status }) => status !== 'DELETE_COMPLETE'));
  }
  return left;
}

async function describe(client: CloudFormationClient, stackName: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName: stackName }))).Stacks?.[0];
  } catch (error) {
    // There is no error of its own for it.
    const { name, message } = error as Error;
    if (name === 'ValidationError' && message.includes('does not exist')) return undefined;
    throw error;
  }
}
