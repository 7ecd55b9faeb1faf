import type {
  ApplicationDetail,
  ApplicationOperationInfoDetails,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { WildRydesError } from '../../telemetry/errors.ts';
import { STATES } from './states.ts';
import type { Look } from './waiting.ts';

/**
 * What an application and the operation that was begun on it say together: the operation is to have succeeded, and the
 * application to be in the state that it leads to.
 *
 * @param operation undefined where the service has made none
 * @throws WildRydesError UNREACHABLE, with the service's own reason, for an operation that failed or was cancelled, and
 *   for an application that is being deleted
 */
export function lookAt(
  detail: ApplicationDetail,
  operation: ApplicationOperationInfoDetails | undefined,
  wanted: string,
): Look<ApplicationDetail> {
  const state = detail.ApplicationStatus ?? 'UNKNOWN';
  const { OperationStatus: status = 'SUCCESSFUL' } = operation ?? {};
  if (status === 'FAILED' || status === 'CANCELLED') throw failed(state, operation);
  if (state === 'DELETING') throw new WildRydesError('UNREACHABLE', 'the application is being deleted');
  if (status !== 'SUCCESSFUL') return { state, result: undefined };
  if (state === wanted) return { state, result: detail };
  return { state, result: undefined, astray: STATES[state]?.rests ? astray(state, wanted) : undefined };
}

function failed(state: string, operation: ApplicationOperationInfoDetails | undefined): WildRydesError {
  const {
    Operation: name = 'the operation',
    OperationStatus: status,
    OperationFailureDetails: failure,
  } = operation ?? {};
  const reason = failure?.ErrorInfo?.ErrorString;
  const back =
    failure?.RollbackOperationId === undefined ? '' : '. The service rolls the update back by itself.';
  return new WildRydesError(
    'UNREACHABLE',
    `${name} ${status === 'FAILED' ? 'failed' : 'was cancelled'}, the application is ${state}` +
      `${reason === undefined ? '' : `: ${reason}`}`,
    { next: `What the job said is in its log: ./wildrydes aggregation logs${back}` },
  );
}

/** It rests elsewhere: it fell back, or somebody else has asked for something since. */
function astray(state: string, wanted: string): WildRydesError {
  return new WildRydesError(
    'UNREACHABLE',
    `the application is ${state}, and stays so; expected was ${wanted}`,
    {
      next: 'What was done to it since shows ./wildrydes aggregation status; what the job said ./wildrydes aggregation logs',
    },
  );
}
