import { WildRydesError } from '../telemetry/errors.ts';

/** What an error of an SDK request means for the request. */
export interface Failure {
  /** True if the same request can succeed later. */
  readonly retriable: boolean;
  /**
   * `refused`: the service certainly did nothing. `unknown`: the request was sent and no readable answer came back, so
   * that it may have been carried out.
   */
  readonly outcome: 'refused' | 'unknown';
  /** True if the service asked for fewer requests. */
  readonly throttled: boolean;
  /** One line for a person. */
  readonly reason: string;
}

/** Errors by which AWS asks a caller to slow down; also the codes of single PutRecords entries. */
const THROTTLES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'KMSThrottlingException',
]);

/** Permanent faults of the encrypted connection: they come before anything is sent, and do not go away by themselves. */
const TLS_FAULT = /^(EPROTO|CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/**
 * Judges whatever `client.send` rejected with. A client error (4xx) is a definite answer; a server error or a broken,
 * late or unreadable answer leaves the outcome unknown, except where no connection came about.
 */
export function judge(error: unknown): Failure {
  const fields = read(error);
  const { name, code, syscall, message, status, clockSkewCorrected } = fields;
  const reason = describe(fields);
  if (status !== undefined && status >= 400 && status < 500) {
    const throttled = THROTTLES.has(name) || status === 429;
    return {
      retriable: throttled || status === 408 || clockSkewCorrected,
      outcome: 'refused',
      throttled,
      reason,
    };
  }
  if (status !== undefined) return { retriable: true, outcome: 'unknown', throttled: status === 503, reason };
  if (code !== undefined && TLS_FAULT.test(code)) return permanent(reason);
  const unconnected =
    syscall === 'connect' || syscall === 'getaddrinfo' || /establish.* a connection/.test(message);
  if (unconnected) return { retriable: true, outcome: 'refused', throttled: false, reason };
  const sent = code !== undefined || name === 'TimeoutError' || name === 'AbortError';
  if (sent) return { retriable: true, outcome: 'unknown', throttled: false, reason };
  // Missing credentials, a missing region, a programming error: thrown before anything is sent.
  return permanent(reason);
}

/** True if the stream, or the shard, that a request named does not exist. */
export function isNotFound(error: unknown): boolean {
  return read(error).name === 'ResourceNotFoundException';
}

/** True if an iterator outlived its five minutes. */
export function isExpiredIterator(error: unknown): boolean {
  return read(error).name === 'ExpiredIteratorException';
}

/** True if a page's token outlived its five minutes. */
export function isExpiredToken(error: unknown): boolean {
  return read(error).name === 'ExpiredNextTokenException';
}

/** True if the service rejected the request's own content: one bad entry refuses all its neighbours. */
export function isInvalidRequest(error: unknown): boolean {
  const { name, status } = read(error);
  return INVALID_REQUEST.has(name) || status === 413;
}

const INVALID_REQUEST: ReadonlySet<string> = new Set([
  'ValidationException',
  'InvalidArgumentException',
  'SerializationException',
  'RequestEntityTooLargeException',
]);

/**
 * An error of a stream's request as this project states it: what cannot be reached, used or found is a WildRydesError;
 * anything else is returned as it is.
 */
export function explain(error: unknown, streamName: string): unknown {
  if (error instanceof WildRydesError) return error;
  if (isNotFound(error)) {
    return new WildRydesError('NOT_FOUND', `there is no stream ${streamName}`, {
      next: `Create it: aws kinesis create-stream --stream-name ${streamName} --shard-count 1`,
      cause: error,
    });
  }
  const { name, status } = read(error);
  const failure = judge(error);
  if (
    failure.retriable ||
    status !== undefined ||
    name === 'CredentialsProviderError' ||
    /^Region is missing/.test(failure.reason)
  ) {
    return new WildRydesError('UNREACHABLE', `the stream ${streamName} cannot be used: ${failure.reason}`, {
      cause: error,
    });
  }
  return error;
}

function permanent(reason: string): Failure {
  return { retriable: false, outcome: 'refused', throttled: false, reason };
}

function describe({ name, code, message, status }: Fields): string {
  // An answer that is not the service's own, such as a proxy's page, has no name and no message worth reading.
  if (status !== undefined && FOREIGN_ANSWERS.has(name))
    return `HTTP status ${status} without an answer of the service`;
  const line = message.split('\n', 1)[0] ?? '';
  const label = GENERIC_NAMES.has(name) ? (code ?? '') : name;
  if (line === '') return label === '' ? 'unknown error' : label;
  return label === '' || line.includes(label) ? line : `${label}: ${line}`;
}

const FOREIGN_ANSWERS: ReadonlySet<string> = new Set(['SyntaxError', 'Unknown', 'UnknownError', '']);
const GENERIC_NAMES: ReadonlySet<string> = new Set(['Error', 'AggregateError', '']);

interface Fields {
  readonly name: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly message: string;
  readonly status: number | undefined;
  readonly clockSkewCorrected: boolean;
}

function read(error: unknown): Fields {
  const fields = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as {
    name?: unknown;
    code?: unknown;
    syscall?: unknown;
    message?: unknown;
    errors?: unknown;
    $metadata?: { httpStatusCode?: unknown; clockSkewCorrected?: unknown };
  };
  // Both loopback addresses refused: Node reports the attempts together, and only the single ones name their system call.
  const first = Array.isArray(fields.errors) ? read(fields.errors[0]) : undefined;
  const status = fields.$metadata?.httpStatusCode;
  return {
    name: typeof fields.name === 'string' ? fields.name : '',
    code: typeof fields.code === 'string' ? fields.code : first?.code,
    syscall: typeof fields.syscall === 'string' ? fields.syscall : first?.syscall,
    message:
      typeof fields.message === 'string' && fields.message !== '' ? fields.message : (first?.message ?? ''),
    status: typeof status === 'number' ? status : undefined,
    clockSkewCorrected: fields.$metadata?.clockSkewCorrected === true,
  };
}
