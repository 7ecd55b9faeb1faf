import type { IamService } from '../iam/service.ts';
import type { QueryOperation } from '../protocol/query-service.ts';
import type { Identity } from './session.ts';

/** What an operation works with, for one request. */
export interface Context {
  readonly caller: Identity;
  readonly iam: Pick<IamService, 'role'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Operation = QueryOperation<Context>;
