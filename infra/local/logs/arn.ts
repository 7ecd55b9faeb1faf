import { LOCAL } from '../../../telemetry/topology.ts';
import { invalidParameter } from './errors.ts';

/** Without the `:*` that permissions need. */
export function groupArn(region: string, groupName: string): string {
  return `arn:aws:logs:${region}:${LOCAL.accountId}:log-group:${groupName}`;
}

export function streamArn(region: string, groupName: string, streamName: string): string {
  return `${groupArn(region, groupName)}:log-stream:${streamName}`;
}

const ARN = /^arn:[^:]+:logs:[^:]*:\d{12}:log-group:([^:]+)(?::\*)?$/;

/** The group that an ARN, or a bare name, names. Region and account are not looked at: the local cloud has one namespace. */
export function groupNameOf(identifier: string): string {
  return ARN.exec(identifier)?.[1] ?? identifier;
}

export interface NamedGroup {
  readonly logGroupName: string | undefined;
  readonly logGroupIdentifier: string | undefined;
}

/**
 * The name of the group that a request names in one form or the other.
 *
 * @throws ServiceError InvalidParameterException if it names it in both, or in none
 */
export function namedGroup({ logGroupName, logGroupIdentifier }: NamedGroup): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  if (logGroupIdentifier !== undefined) return groupNameOf(logGroupIdentifier);
  if (logGroupName !== undefined) return logGroupName;
  throw invalidParameter('Either logGroupName or logGroupIdentifier must be given (given neither).');
}
