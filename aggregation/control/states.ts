import { WildRydesError } from '../../telemetry/errors.ts';

/** What may be asked of an application; `force` is a stop by force. */
export type Act = 'start' | 'stop' | 'force' | 'update' | 'rollback' | 'snapshot';

/** What a state means to whoever asks for something, or waits. */
export interface StateMeaning {
  /** Whether an application stays in it until somebody asks for something else. */
  readonly rests: boolean;
  /** What the service takes meanwhile; undefined: AWS says nothing, so that the service is to decide. */
  readonly takes?: readonly Act[];
}

const RESTS = true;
const PASSES = false;

/**
 * All states of an application.
 *
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_ApplicationDetail.html, API_StopApplication.html,
 * API_RollbackApplication.html
 */
export const STATES: Readonly<Record<string, StateMeaning>> = {
  READY: { rests: RESTS, takes: ['start', 'update'] },
  STARTING: { rests: PASSES, takes: ['force'] },
  RUNNING: { rests: RESTS, takes: ['stop', 'force', 'update', 'rollback', 'snapshot'] },
  UPDATING: { rests: PASSES, takes: ['force', 'rollback'] },
  AUTOSCALING: { rests: PASSES, takes: ['force', 'rollback'] },
  STOPPING: { rests: PASSES, takes: ['force'] },
  FORCE_STOPPING: { rests: PASSES, takes: [] },
  ROLLING_BACK: { rests: PASSES, takes: [] },
  ROLLED_BACK: { rests: RESTS },
  MAINTENANCE: { rests: PASSES, takes: [] },
  DELETING: { rests: PASSES, takes: [] },
};

/** States in which something may be done. */
function statesThatTake(act: Act): string[] {
  return Object.keys(STATES).filter((state) => STATES[state]?.takes?.includes(act));
}

/** @throws WildRydesError USAGE if the service would refuse it in this state; a state that is not known is left to it */
export function insist(act: Act, application: string, status: string): void {
  const meaning = STATES[status];
  if (meaning?.takes?.includes(act) ?? true) return;
  const allowed = statesThatTake(act);
  throw new WildRydesError(
    'USAGE',
    `${act === 'force' ? 'stop by force' : act} takes an application that is ${allowed.join(' or ')}; ` +
      `${application} is ${status}`,
    { next: nextFor(status) },
  );
}

function nextFor(status: string): string {
  const { rests, takes = [] } = STATES[status] ?? { rests: true };
  if (rests) return `./wildrydes aggregation ${status === 'READY' ? 'start' : 'stop'} brings it there`;
  if (status === 'DELETING') return 'It will be gone: name another with --application.';
  return (
    'Wait until it has settled: ./wildrydes aggregation status.' +
    (takes.includes('force') ? ' What hangs is ended by ./wildrydes aggregation stop --force' : '')
  );
}
