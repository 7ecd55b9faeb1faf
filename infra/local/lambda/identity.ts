import { createHash } from 'node:crypto';
import { LOCAL } from '../../../telemetry/topology.ts';

/** Names that AWS gives to functions, roles, requests and logs, as the local host makes them. */

export const VERSION = '$LATEST';

/** @param version appended unless it is `$LATEST` */
export function functionArn(functionName: string, version: string = VERSION): string {
  const arn = `arn:aws:lambda:${LOCAL.region}:${LOCAL.accountId}:function:${functionName}`;
  return version === VERSION ? arn : `${arn}:${version}`;
}

export function streamArn(streamName: string): string {
  return `arn:aws:kinesis:${LOCAL.region}:${LOCAL.accountId}:stream/${streamName}`;
}

/** The role of the guides: `WildRydesStreamProcessorRole`. */
export function roleArn(functionName: string): string {
  return `arn:aws:iam::${LOCAL.accountId}:role/${functionName}Role`;
}

export function logGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** @param time milliseconds since the epoch */
export function logStreamName(time: number, random: () => number, version: string = VERSION): string {
  const day = new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${hexadecimal(16, random)}`;
}

/** A random UUID (RFC 9562, version 4). */
export function requestId(random: () => number): string {
  return asUuid(hexadecimal(16, random), '4');
}

/** UUID of an event-source mapping: the same for the same function and stream, so that it survives a restart. */
export function mappingId(functionName: string, streamName: string): string {
  const hash = createHash('sha256').update(`${functionName}@${streamName}`).digest('hex');
  return asUuid(hash.slice(0, 32), '8');
}

function hexadecimal(bytes: number, random: () => number): string {
  let text = '';
  for (let i = 0; i < bytes; i++)
    text += Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  return text;
}

/** Puts version and variant into 32 hexadecimal digits. */
function asUuid(digits: string, version: string): string {
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    version + digits.slice(13, 16),
    variant + digits.slice(17, 20),
    digits.slice(20, 32),
  ].join('-');
}
