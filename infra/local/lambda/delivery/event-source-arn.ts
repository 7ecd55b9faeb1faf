/** A stream as event-source mappings name it. */
export interface EventSourceName {
  readonly kind: 'kinesis' | 'dynamodb';
  /** The same for two ARNs of the same stream, in whatever region they see it. */
  readonly resource: string;
}

const KINDS = {
  kinesis: /^(stream\/[a-zA-Z0-9_.-]{1,128})(?:\/consumer\/[a-zA-Z0-9_.-]{1,128}:\d+)?$/,
  dynamodb: /^(table\/[a-zA-Z0-9_.-]{3,255}\/stream\/[^/]+)$/,
} as const;

/**
 * Reads the ARN of a Kinesis stream, of a consumer registered with one, or of a table's stream; undefined for anything
 * else. A consumer's stands for its stream: here, all read as fast as they can.
 */
export function parseEventSourceArn(arn: string): EventSourceName | undefined {
  const [scheme, , service, , , ...rest] = arn.split(':');
  if (scheme !== 'arn' || (service !== 'kinesis' && service !== 'dynamodb')) return undefined;
  const resource = KINDS[service].exec(rest.join(':'))?.[1];
  return resource === undefined ? undefined : { kind: service, resource };
}
