import type { Clock } from '../../../telemetry/clock.ts';
import type { Service } from '../gateway/service.ts';
import type { IamService } from '../iam/service.ts';
import { createQueryService } from '../protocol/query-service.ts';
import type { Context, Operation } from './operation.ts';
import { assumeRole } from './operations/assume-role.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { getSessionToken } from './operations/get-session-token.ts';
import { readSession } from './session.ts';

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AssumeRole', assumeRole],
  ['GetCallerIdentity', getCallerIdentity],
  ['GetSessionToken', getSessionToken],
]);

const VERSION = '2011-06-15';

export interface StsOptions {
  /** Whose roles are assumed. */
  readonly iam: Pick<IamService, 'role'>;
  /** The machine's own, also in a cloud whose time is simulated: clients compare it with when credentials expire. */
  readonly clock: Clock;
  /** Told of faults, which the client sees as InternalError. */
  readonly log?: (line: string) => void;
}

/** STS: who calls, and temporary credentials. It keeps nothing: a session token says itself whose it is. */
export function createSts({ iam, clock, log = () => {} }: StsOptions): Service {
  return createQueryService<Context>({
    title: 'STS',
    signingName: 'sts',
    version: VERSION,
    namespace: `https://sts.amazonaws.com/doc/${VERSION}/`,
    maxBody: 256 * 1024,
    operations: OPERATIONS,
    context: ({ headers }) => ({
      caller: readSession(headers['x-amz-security-token']),
      iam,
      now: () => clock.now(),
    }),
    log,
  });
}
