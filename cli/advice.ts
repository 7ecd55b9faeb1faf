import { describeTarget, type Target } from '../infra/target.ts';
import { isNotFound, judge } from '../stream/failure.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { SHARD_COUNT } from '../telemetry/topology.ts';
import { awsCliFlags, portFlag } from './hints.ts';

/** A stream that does not exist, with the command that creates it. */
export function streamMissing(streamName: string, target: Target, cause: unknown): WildRydesError {
  const create = `aws kinesis create-stream --stream-name ${streamName} --shard-count ${SHARD_COUNT}`;
  const next =
    target.port === undefined
      ? `Create it: ${create}${awsCliFlags(target)}`
      : `Create it in ./wildrydes shell${portFlag(target.port)}: ${create}`;
  return new WildRydesError('NOT_FOUND', `there is no stream ${streamName} at ${describeTarget(target)}`, {
    next,
    cause,
  });
}

/**
 * What an SDK client's error means for a person who named a target: WildRydesError UNREACHABLE when nothing answers
 * there or it refuses, NOT_FOUND when `missing` makes one of what does not exist; whatever else it is, as it is.
 */
export function explainTarget(
  error: unknown,
  target: Target,
  missing: (cause: unknown) => WildRydesError,
): unknown {
  if (error instanceof WildRydesError) return error;
  if (isNotFound(error)) return missing(error);
  const { reason, outcome, retriable } = judge(error);
  const status = (error as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode;
  if (status !== undefined) {
    return new WildRydesError('UNREACHABLE', `${describeTarget(target)} refuses: ${reason}`, {
      next: 'Check the credentials, the profile and the region.',
      cause: error,
    });
  }
  if (retriable && outcome === 'refused') return nothingAnswers(target, reason, error);
  if (retriable || SETTINGS.test(`${(error as Error)?.name} ${reason}`)) {
    return new WildRydesError('UNREACHABLE', `cannot talk to ${describeTarget(target)}: ${reason}`, {
      next:
        target.kind === 'local'
          ? `Look at it with ./wildrydes status${portFlag(target.port ?? 0)}`
          : 'Check the region (--region), the credentials and the profile (--profile).',
      cause: error,
    });
  }
  return error;
}

/** Errors that the SDK throws before it sends anything, because something is not set. */
const SETTINGS = /^CredentialsProviderError|^TokenProviderError|Region is missing|EPROTO|CERT|SSL|SIGNED/;

/** Nothing takes connections at the target. */
export function nothingAnswers(target: Target, reason: string, cause: unknown): WildRydesError {
  const next = {
    local: `Start a local cloud with ./wildrydes start${portFlag(target.port ?? 0)}, or talk to AWS with --aws.`,
    endpoint: 'Check the endpoint, or leave it out to run on this machine.',
    aws: 'Check the network and the region, or leave out --aws, --region and --profile to run on this machine.',
  }[target.kind];
  return new WildRydesError('UNREACHABLE', `nothing answers at ${describeTarget(target)}: ${reason}`, {
    next,
    cause,
  });
}
