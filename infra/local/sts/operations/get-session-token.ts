import { queryOperation } from '../../protocol/query-validation.ts';
import { credentialsElement } from '../credentials.ts';
import type { Operation } from '../operation.ts';

/** Seconds, unless the request says otherwise. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
const DURATION = 43_200;

/** Temporary credentials of whoever calls. Same source. */
export const getSessionToken: Operation = queryOperation(
  {
    DurationSeconds: { type: 'Integer', min: 900, max: 129_600 },
    SerialNumber: { type: 'String', pattern: '[\\w+=/:,.@-]*', min: 9, max: 256 },
    TokenCode: { type: 'String', pattern: '\\d*', min: 6, max: 6 },
  },
  ({ DurationSeconds = DURATION }, { caller, now }) =>
    credentialsElement(caller, now() + DurationSeconds * 1_000),
  'Credentials are never checked, and do not stop working.',
);
