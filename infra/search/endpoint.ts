import { redacted } from '../../processor/search/settings.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

/**
 * The URL of a search cluster, as it was typed; without a slash at its end.
 *
 * @throws WildRydesError USAGE
 */
export function readSearchEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new WildRydesError(
      'USAGE',
      `--search must be followed by the URL of a search cluster, or by nothing (given ${redacted(text)})`,
      { next: 'For example --search http://127.0.0.1:9200' },
    );
  }
  return url.href.replace(/\/$/, '');
}

/** Milliseconds that a search cluster may take to answer. */
const PATIENCE = 10_000;

/**
 * Sees that something answers HTTP there. Whoever is refused is not turned away: functions sign their requests, and this
 * one is not signed.
 *
 * @throws WildRydesError UNREACHABLE when nothing answers
 */
export async function insistOnSearch(endpoint: string): Promise<void> {
  const url = new URL(endpoint);
  const user =
    url.username === '' ? undefined : [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  try {
    const answer = await fetch(url, {
      headers: user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
  } catch (error) {
    const reason = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    throw new WildRydesError('UNREACHABLE', `no search cluster answers at ${url.origin}: ${reason}`, {
      next: 'Start it first, or leave out the URL: then one is brought up here.',
    });
  }
}
