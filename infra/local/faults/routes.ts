import { WildRydesError } from '../../../telemetry/errors.ts';
import { ControlError, type ControlHandler } from '../control/routes.ts';
import { readFaultRequest } from './fault.ts';
import type { Faults } from './faults.ts';

/** The control door's routes to faults: POST `faults` adds one, POST `end-faults` ends one or all. */
export function faultRoutes(faults: Faults): Readonly<Record<'faults' | 'end-faults', ControlHandler>> {
  return {
    faults(body) {
      try {
        return faults.add(readFaultRequest(body));
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
