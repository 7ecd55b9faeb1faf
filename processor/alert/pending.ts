import type { Alert } from '../../telemetry/alert.ts';
import { decodeAlert } from '../../telemetry/alert-codec.ts';

/**
 * Messages of one unicorn that may wait to be published. An item may have 400 KB, a message takes some 500 bytes and, of
 * the longest name of the widest characters, 5 KB.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MOST_PENDING = 50;

/**
 * Makes room among the messages that wait, when there are more than 50: first that an episode still lasted goes, the
 * oldest such message first, then the oldest episode of which nothing has been published and whose end is known. An
 * episode that is open, or that subscribers know of, is never lost. The first message stays: someone may be publishing
 * it right now.
 *
 * @returns the messages that are left, in their order
 */
export function fitPending(messages: readonly string[]): readonly string[] {
  let left = messages;
  while (left.length > MOST_PENDING) {
    const out = dispensable(left.map(alertOf));
    if (out.length === 0) return left;
    left = left.filter((_, at) => !out.includes(at));
  }
  return left;
}

/** Places of what may go next. */
function dispensable(alerts: readonly (Alert | undefined)[]): readonly number[] {
  const lasting = alerts.findIndex((alert, at) => at > 0 && alert?.state === 'still-firing');
  if (lasting !== -1) return [lasting];
  for (let at = 1; at < alerts.length; at++) {
    const opening = alerts[at];
    if (opening?.state !== 'firing') continue;
    const end = alerts.findIndex(
      (alert, later) => later > at && alert?.state === 'recovered' && alert.episode === opening.episode,
    );
    if (end !== -1) return [at, end];
  }
  return [];
}

/** A message that an earlier version of this function left may lack attributes: it is left alone. */
function alertOf(message: string): Alert | undefined {
  const alert = decodeAlert(message);
  return 'ok' in alert ? undefined : alert;
}
