import { encodeReading } from '../../telemetry/reading-codec.ts';
import { keepBusy, rate } from './keep-busy.ts';

/** Milliseconds that one look at the machine takes. */
const LOOK = 200;
/** Readings between two looks at the clock. */
const AT_ONCE = 1_000;

const reading = encodeReading({
  Name: 'Rocinante',
  StatusTime: '2026-05-01 09:00:00.000',
  Latitude: 40.756361,
  Longitude: -73.959432,
  Distance: 29.963,
  MagicPoints: 150,
  HealthPoints: 150,
});

/** What the yardstick shows where the reaches in absolute figures were set. */
export const PACE = 1_200_000;

/** How fast this machine is just now, whatever else it does: readings that `JSON.parse` alone gets through in a second. */
export async function yardstick(): Promise<number> {
  const done = await keepBusy(1, LOOK, async () => {
    for (let i = 0; i < AT_ONCE; i++) JSON.parse(reading);
    return AT_ONCE;
  });
  return rate(done);
}
