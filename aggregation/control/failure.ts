import { WildRydesError } from '../../telemetry/errors.ts';

/** What to do about an error of the service, by its name. */
const NEXT: Readonly<Record<string, string>> = {
  ResourceInUseException: 'Something else is being done to it: ./wildrydes aggregation status shows what.',
  ConcurrentModificationException: 'Somebody changed it meanwhile: look at it, and try again.',
  InvalidApplicationConfigurationException:
    'The application must have code, and be allowed what is asked of it.',
  LimitExceededException: 'Delete what is not needed any more, such as old snapshots.',
  UnsupportedOperationException: 'This application cannot do that.',
};

/** What to do about a request that an operation refuses, by the operation. */
const NEXT_OF: Readonly<Record<string, string>> = {
  RollbackApplication:
    'A rollback takes a version before this one, and a snapshot that it can start from. Without one, give it the older ' +
    'code or configuration again: ./wildrydes aggregation update',
};

/**
 * An error of the SDK in the kit's words.
 *
 * @param operation what was asked for, such as RollbackApplication
 * @returns WildRydesError; what is none of the service's answers stays as it is
 */
export function explain(error: unknown, application: string, operation = ''): unknown {
  if (!(error instanceof Error) || error instanceof WildRydesError) return error;
  if (error.name === 'ResourceNotFoundException') {
    return new WildRydesError(
      'NOT_FOUND',
      `there is no application ${application}, or not what it asks for: ${error.message}`,
      {
        next: 'Name another with --application. The local one is there while ./wildrydes start runs.',
        cause: error,
      },
    );
  }
  if (error.name === 'AccessDeniedException' || error.name === 'ExpiredTokenException') {
    return new WildRydesError('UNREACHABLE', `AWS refuses: ${error.message}`, {
      next: 'The actions are kinesisanalytics:Describe*, List*, StartApplication, StopApplication, UpdateApplication and so on.',
      cause: error,
    });
  }
  const next = error.name === 'InvalidRequestException' ? NEXT_OF[operation] : NEXT[error.name];
  if (next === undefined && !error.name.endsWith('Exception')) return error;
  return new WildRydesError('UNREACHABLE', error.message, {
    ...(next === undefined ? {} : { next }),
    cause: error,
  });
}
