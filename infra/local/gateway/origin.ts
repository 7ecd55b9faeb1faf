import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Names under which a client on this machine reaches the gateway, with any port. Those below localhost, into which
 * clients of S3 put the bucket, are nobody's to register: they are this machine everywhere.
 * Source: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
const LOOPBACK = /^(?:127\.0\.0\.1|(?:[a-z0-9-]+\.){0,32}localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Why a request must be refused although it came over loopback, or undefined if it is welcome. A page in the user's
 * browser can reach loopback too: by a name that it resolves to 127.0.0.1 (DNS rebinding), or by posting across
 * sites without reading the answer. The first shows in the host, the second in Origin or Sec-Fetch-Site, which
 * browsers always send and pages cannot forge.
 *
 * @param authority Host header, or :authority in HTTP/2
 * @param open whether the port is open to other machines: any address may then be the host, which no page can choose a
 * name for; names still may not
 */
export function whyRefused(
  authority: string | undefined,
  headers: IncomingHttpHeaders,
  open = false,
): string | undefined {
  if (authority === undefined || !(LOOPBACK.test(authority) || (open && isAddress(authority)))) {
    const orAddress = open ? ' or an address' : '';
    return `Host must be 127.0.0.1, localhost or [::1]${orAddress} (given ${brief(authority)})`;
  }
  const { origin } = headers;
  if (origin !== undefined)
    return isLoopbackOrigin(origin) ? undefined : `Origin ${brief(origin)} may not use this endpoint`;
  if (headers['sec-fetch-site'] === 'cross-site') return 'Pages of other sites may not use this endpoint';
  return undefined;
}

/** `192.168.1.5:4566`, `[fe80::1]:4566` */
function isAddress(authority: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(authority) ?? [];
  return isIP(bracketed ?? '') === 6 || isIP(plain ?? '') === 4;
}

function isLoopbackOrigin(origin: string): boolean {
  return origin.startsWith('http://') && LOOPBACK.test(origin.slice('http://'.length));
}

function brief(text: string | undefined): string {
  if (text === undefined) return 'none';
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 57)}...` : printable;
}
