import { until } from '../../../check/wait.ts';
import { wrong } from '../../../finding.ts';
import type { Workbench } from '../../../workbench.ts';
import type { Ear } from './ear.ts';
import { deliver, type Fed, type Sense } from './fed.ts';
import { alertsOf } from './verdict.ts';

/** Seconds until the alert must be there once the topic is up: some functions wait a little before they try again. */
const PATIENCE = 6;

/** Seconds after which the fault ends by itself, should this process be killed. */
const FAULT = 60;

/**
 * Lets the topic be down while an episode opens, and then up: the alert must come. Where nothing can be made to fail,
 * on AWS, nothing is done.
 *
 * @throws Unmet when the alert is lost
 */
export async function playFailedPublish(
  at: Workbench,
  fed: Fed,
  sense: Sense,
  ear: Ear,
  nameOf: (unicorn: string) => string,
): Promise<void> {
  const { control, names } = at;
  if (control === undefined) return;
  const low = [sense('lost', 60), sense('lost', 49)];
  const { id } = await control.addFault({ kind: 'fail-publish', target: names.topic, seconds: FAULT });
  const { failure } = await deliver(at, fed, low).finally(() => control.endFaults(id));
  const looked = `the function ${fed.functionName}, with a topic that was down while an episode opened`;
  const expected = 'the alert is published as soon as the topic is up again';
  if (failure !== undefined && fed.mapping.MaximumRetryAttempts === 0) {
    throw wrong({
      looked,
      found: 'it failed, and its mapping never sends a batch again: the alert is lost',
      expected,
      next: `aws lambda update-event-source-mapping --uuid ${fed.mapping.UUID} --maximum-retry-attempts 5`,
    });
  }
  const told = await until(at, 'for the alert that could not be published', PATIENCE, async () => {
    // A batch that counts as handled does not come again: then the next reading is what comes.
    await deliver(at, fed, failure === undefined ? [sense('lost', 48)] : low);
    await ear.catchUp();
    return alertsOf(await ear.texts(), nameOf('lost')) > 0 || undefined;
  });
  if (told) return;
  throw wrong({
    looked,
    found:
      failure === undefined
        ? 'it answered success though publishing failed, and had marked the episode already: the alert is lost'
        : 'it failed, and when the same records came again, the episode was marked already: the alert is lost',
    expected,
    next: 'Publish first and mark the episode afterwards, and let the function fail when publishing fails: the batch comes again.',
  });
}
