import { describeTarget } from '../../infra/target.ts';
import { type Finding, Unmet } from '../finding.ts';
import type { Step } from '../module.ts';
import type { Workbench } from '../workbench.ts';

/**
 * Looks at one step. Whatever a check throws that is no Unmet has to do with the asking, not with the learner: it comes
 * back as `could not check`.
 *
 * @throws only what the signal of the workbench was aborted with
 */
export async function runCheck(step: Step, at: Workbench): Promise<Finding> {
  try {
    return await step.check(at);
  } catch (error) {
    at.signal.throwIfAborted();
    if (error instanceof Unmet) {
      const { verdict, looked, found, expected, next } = error;
      return { verdict, looked, found, expected, next };
    }
    const { name, message } = error as Error;
    return {
      verdict: 'could not check',
      looked: describeTarget(at.target),
      found: `${name}: ${message}`,
      expected: 'an answer',
      next: adviceFor(error as Error, at),
    };
  }
}

function adviceFor({ name, message }: Error, { target }: Workbench): string {
  if (/ECONNREFUSED|ECONNRESET/.test(`${name} ${message}`)) {
    return target.kind === 'aws' ? 'Look at the network, then check again.' : './wildrydes workshop start';
  }
  if (
    /Credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|Region is missing/.test(
      `${name} ${message}`,
    )
  ) {
    return 'aws sts get-caller-identity';
  }
  if (/AccessDenied|NotAuthorized/.test(name)) {
    return 'Ask whoever gave you the account to let you call this operation.';
  }
  return 'Check again; if it stays, ask your instructor and show this.';
}
