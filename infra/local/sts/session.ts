import { LOCAL } from '../../../telemetry/topology.ts';

/** Who calls, as GetCallerIdentity tells it. */
export interface Identity {
  readonly arn: string;
  /** Of a user or a role's session; of the root user the account's number. */
  readonly userId: string;
}

/** Whoever calls without a session of ours: credentials are not checked here, and may do everything. */
export const ROOT: Identity = { arn: `arn:aws:iam::${LOCAL.accountId}:root`, userId: LOCAL.accountId };

/**
 * A session token. It holds its identity itself, so that nothing need be kept, and one of an earlier run is known. It is
 * no secret, as nothing here needs one.
 */
export function writeSession({ arn, userId }: Identity): string {
  return Buffer.from(JSON.stringify({ arn, userId })).toString('base64');
}

/** The identity in a session token, ROOT if it is none of ours. @param token header X-Amz-Security-Token */
export function readSession(token: string | readonly string[] | undefined): Identity {
  if (typeof token !== 'string') return ROOT;
  try {
    const { arn, userId } = JSON.parse(Buffer.from(token, 'base64').toString()) as Partial<Identity>;
    if (typeof arn === 'string' && typeof userId === 'string') return { arn, userId };
  } catch {
    // Some other token.
  }
  return ROOT;
}
