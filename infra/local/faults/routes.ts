import { WildRydesError } from '../../../telemetry/errors.ts';
import { ControlError, type ControlHandler } from '../control/routes.ts';
import { FAULT_KINDS, readFaultRequest } from './fault.ts';
import type { Faults } from './faults.ts';

/**
 * The control door's routes to faults: POST `faults` adds one, POST `end-faults` ends one or all.
 *
 * @param hasOperation whether requests may name this operation; what they never name would never fail
 */
export function faultRoutes(
  faults: Faults,
  hasOperation: (name: string) => boolean,
): Readonly<Record<'faults' | 'end-faults', ControlHandler>> {
  return {
    faults(body) {
      try {
        const request = readFaultRequest(body);
        if (FAULT_KINDS[request.kind].target === 'operation' && !hasOperation(request.target)) {
          throw new ControlError(
            400,
            `there is no operation ${request.target}; see the table in infra/local/README.md`,
          );
        }
        return faults.add(request);
      } catch (error) {
        if (error instanceof WildRydesError) throw new ControlError(400, error.message);
        throw error;
      }
    },
    'end-faults'(body) {
      const id: unknown = (body as { id?: unknown } | undefined)?.id;
      if (id !== undefined && typeof id !== 'number') throw new ControlError(400, 'id must be a number');
      return { ended: faults.end(id) };
    },
  };
}
