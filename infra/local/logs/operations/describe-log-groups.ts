import { groupArn, groupNameOf } from '../arn.ts';
import { invalidParameter } from '../errors.ts';
import { type Context, GROUP_IDENTIFIER, GROUP_NAME, NEXT_TOKEN, operation } from '../operation.ts';
import type { GroupDocument } from '../store/log-store.ts';
import { readToken, writeToken } from '../tokens.ts';

const PAGE = 50;

/**
 * Log groups by name, some or all.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 */
export const describeLogGroups = operation(
  {
    logGroupNamePrefix: GROUP_NAME,
    logGroupNamePattern: { type: 'String', pattern: '[\\.\\-_/#A-Za-z0-9]*', max: 512 },
    logGroupIdentifiers: { type: 'List', each: GROUP_IDENTIFIER, min: 1, max: 50 },
    logGroupClass: { type: 'String', oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] },
    nextToken: NEXT_TOKEN,
    limit: { type: 'Integer', min: 1, max: PAGE },
  },
  (input, context) => {
    const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers, logGroupClass } = input;
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw invalidParameter(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    }
    const named = logGroupIdentifiers && new Set(logGroupIdentifiers.map(groupNameOf));
    const [after = ''] = input.nextToken === undefined ? [] : readToken('groups', input.nextToken, 1);
    const rest = context.store
      .all()
      .filter(
        (group) =>
          group.name > after &&
          group.name.startsWith(logGroupNamePrefix ?? '') &&
          group.name.includes(logGroupNamePattern ?? '') &&
          (named === undefined || named.has(group.name)) &&
          (logGroupClass === undefined || group.logGroupClass === logGroupClass),
      );
    const page = rest.slice(0, input.limit ?? PAGE);
    return {
      logGroups: page.map((group) => describe(group, context)),
      ...(page.length < rest.length ? { nextToken: writeToken('groups', [page.at(-1)!.name]) } : {}),
    };
  },
  'storedBytes is what the files hold now.',
);

function describe(group: GroupDocument, { store, region }: Context): object {
  const { name, creationTime, retentionInDays, logGroupClass } = group;
  const logGroupArn = groupArn(region, name);
  return {
    logGroupName: name,
    creationTime,
    retentionInDays,
    metricFilterCount: 0,
    arn: `${logGroupArn}:*`,
    storedBytes: store.group(name).bytes,
    logGroupClass,
    logGroupArn,
  };
}
