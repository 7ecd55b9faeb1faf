import { paginateListStacks, type StackStatus } from '@aws-sdk/client-cloudformation';
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { paginateListTables } from '@aws-sdk/client-dynamodb';
import { paginateListRoles } from '@aws-sdk/client-iam';
import { paginateListStreams } from '@aws-sdk/client-kinesis';
import { ListApplicationsCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { paginateListEventSourceMappings, paginateListFunctions } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { paginateListTopics } from '@aws-sdk/client-sns';
import type { Workbench } from '../../workbench.ts';

/** Something that is still there. */
export interface Leftover {
  /** `the stream wildrydes` */
  readonly what: string;
  /** The command that deletes it. */
  readonly remove: string;
}

/**
 * What is there of all that the modules and their checks make: in the order in which it is best deleted, what feeds
 * something else first, and before all that the stacks, whose parts go with them. Asked for by lists, so that nothing is
 * overlooked that a single question would not find.
 */
export async function leftovers(at: Workbench): Promise<Leftover[]> {
  const kinds = [
    stacks,
    mappings,
    functions,
    applications,
    streams,
    tables,
    topics,
    roles,
    logGroups,
    buckets,
  ];
  const left: Leftover[] = [];
  for (const kind of kinds) for await (const each of kind(at)) left.push(each);
  return left;
}

/** Whether a name is one of the workshop's, or one that a check has left behind. */
function ours({ names }: Workbench, name: string): boolean {
  const { prefix, ...given } = names;
  return Object.values(given).includes(name) || name.startsWith(`${prefix}check-`);
}

type Kind = (at: Workbench) => AsyncIterable<Leftover>;

/** Of stacks that are not gone. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
const STANDING: readonly StackStatus[] = [
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'CREATE_IN_PROGRESS',
  'DELETE_FAILED',
  'DELETE_IN_PROGRESS',
  'IMPORT_COMPLETE',
  'IMPORT_IN_PROGRESS',
  'IMPORT_ROLLBACK_COMPLETE',
  'IMPORT_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_IN_PROGRESS',
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
];

/** What `wildrydes deploy` made, which the local cloud has none of. */
const stacks: Kind = async function* ({ target, names: { prefix }, cloudFormation }) {
  if (target.kind !== 'aws') return;
  const where = [
    prefix === '' ? '' : ` --prefix ${prefix.slice(0, -1)}`,
    target.region === undefined ? '' : ` --region ${target.region}`,
    target.profile === undefined ? '' : ` --profile ${target.profile}`,
  ].join('');
  for await (const page of paginateListStacks(
    { client: cloudFormation },
    { StackStatusFilter: [...STANDING] },
  )) {
    for (const { StackName = '' } of page.StackSummaries ?? []) {
      if (!StackName.startsWith(`${prefix}wildrydes-`)) continue;
      yield { what: `the stack ${StackName}`, remove: `./wildrydes destroy${where}` };
    }
  }
};

const mappings: Kind = async function* (at) {
  for await (const page of paginateListEventSourceMappings({ client: at.lambda }, {})) {
    for (const { UUID, FunctionArn = '', EventSourceArn = '', State } of page.EventSourceMappings ?? []) {
      const name = FunctionArn.split(':')[6] ?? '';
      const source = EventSourceArn.split('/')[1] ?? '';
      if (State === 'Deleting' || !(ours(at, name) || ours(at, source))) continue;
      yield {
        what: `a mapping from ${source} to ${name}`,
        remove: `aws lambda delete-event-source-mapping --uuid ${UUID}`,
      };
    }
  }
};

const functions: Kind = async function* (at) {
  for await (const page of paginateListFunctions({ client: at.lambda }, {})) {
    for (const { FunctionName = '' } of page.Functions ?? []) {
      if (!ours(at, FunctionName)) continue;
      yield {
        what: `the function ${FunctionName}`,
        remove: `aws lambda delete-function --function-name ${FunctionName}`,
      };
    }
  }
};

const applications: Kind = async function* (at) {
  let NextToken: string | undefined;
  do {
    const page = await at.analytics.send(
      new ListApplicationsCommand(NextToken === undefined ? {} : { NextToken }),
    );
    for (const { ApplicationName = '' } of page.ApplicationSummaries ?? []) {
      if (!ours(at, ApplicationName)) continue;
      yield {
        what: `the application ${ApplicationName}`,
        remove:
          `aws kinesisanalyticsv2 delete-application --application-name ${ApplicationName} --create-timestamp ` +
          `"$(aws kinesisanalyticsv2 describe-application --application-name ${ApplicationName} --query ApplicationDetail.CreateTimestamp --output text)"`,
      };
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
};

const streams: Kind = async function* (at) {
  for await (const page of paginateListStreams({ client: at.kinesis }, {})) {
    for (const name of page.StreamNames ?? []) {
      if (ours(at, name))
        yield { what: `the stream ${name}`, remove: `aws kinesis delete-stream --stream-name ${name}` };
    }
  }
};

const tables: Kind = async function* (at) {
  for await (const page of paginateListTables({ client: at.dynamodb }, {})) {
    for (const name of page.TableNames ?? []) {
      if (ours(at, name))
        yield { what: `the table ${name}`, remove: `aws dynamodb delete-table --table-name ${name}` };
    }
  }
};

const topics: Kind = async function* (at) {
  for await (const page of paginateListTopics({ client: at.sns }, {})) {
    for (const { TopicArn = '' } of page.Topics ?? []) {
      const name = TopicArn.split(':').at(-1) ?? '';
      if (ours(at, name))
        yield { what: `the topic ${name}`, remove: `aws sns delete-topic --topic-arn ${TopicArn}` };
    }
  }
};

const roles: Kind = async function* (at) {
  for await (const page of paginateListRoles({ client: at.iam }, {})) {
    for (const { RoleName = '' } of page.Roles ?? []) {
      if (!ours(at, RoleName)) continue;
      yield {
        what: `the role ${RoleName}`,
        remove: `aws iam delete-role --role-name ${RoleName}, once its policies are detached and deleted`,
      };
    }
  }
};

const logGroups: Kind = async function* (at) {
  for await (const page of paginateDescribeLogGroups({ client: at.logs }, { logGroupNamePrefix: '/aws/' })) {
    for (const { logGroupName = '' } of page.logGroups ?? []) {
      if (!ours(at, logGroupName.split('/').at(-1) ?? '')) continue;
      yield {
        what: `the log group ${logGroupName}`,
        remove: `aws logs delete-log-group --log-group-name ${logGroupName}`,
      };
    }
  }
};

/** The code of the application is in a bucket whose name is its own, with account and region behind. */
const buckets: Kind = async function* (at) {
  const { Buckets = [] } = await at.s3.send(new ListBucketsCommand({}));
  for (const { Name = '' } of Buckets) {
    if (!Name.startsWith(`${at.names.application}-`)) continue;
    yield { what: `the bucket ${Name}`, remove: `aws s3 rb --force s3://${Name}` };
  }
};
