import { type JsonOperation, jsonOperation } from '../protocol/operation.ts';
import type { Input, Shape } from '../protocol/validation.ts';
import type { Applications } from './applications.ts';
import { AnalyticsError, invalidArgument } from './errors.ts';
import { type ApplicationRecord, conditionalToken, currentVersion, type Version } from './record.ts';

/** What an operation works with. */
export interface Context {
  readonly applications: Applications;
  /** Region that the request was signed for. */
  readonly region: string;
}

/** One operation of the API, answered at once: what takes longer goes on afterwards. */
export type Operation = JsonOperation<Context>;

/** An operation from its validation and its action; the action's result is the answer. */
export function operation<const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: Context) => object,
  differs?: string,
): Operation {
  return jsonOperation(validation, act, differs);
}

/**
 * Refuses a change that is meant for another state of the application than it is in.
 *
 * @throws AnalyticsError InvalidArgumentException if the request names none; ConcurrentModificationException
 */
export function insistOnCurrent(
  record: ApplicationRecord,
  given: {
    readonly CurrentApplicationVersionId: number | undefined;
    readonly ConditionalToken: string | undefined;
  },
): void {
  const { CurrentApplicationVersionId: version, ConditionalToken: token } = given;
  if (version === undefined && token === undefined) {
    throw invalidArgument('CurrentApplicationVersionId or ConditionalToken must be given.');
  }
  const current = currentVersion(record).id;
  if (version !== undefined && version !== current) {
    throw new AnalyticsError(
      'ConcurrentModificationException',
      `CurrentApplicationVersionId must be the application's current version, ${current} (given ${version}).`,
    );
  }
  if (token !== undefined && token !== conditionalToken(record)) {
    throw new AnalyticsError(
      'ConcurrentModificationException',
      "ConditionalToken must be the application's current one: it has changed since.",
    );
  }
}

/**
 * Refuses what the engine would not run.
 *
 * @throws AnalyticsError InvalidApplicationConfigurationException
 */
export function insistOnRunnable(
  applications: Applications,
  record: ApplicationRecord,
  version: Version = currentVersion(record),
): void {
  const { code } = version.configuration;
  const refusal =
    code === null
      ? `Application ${record.name} has no code: give it an ApplicationCodeConfiguration.`
      : applications.refusal(record, version);
  if (refusal !== undefined) throw new AnalyticsError('InvalidApplicationConfigurationException', refusal);
}
