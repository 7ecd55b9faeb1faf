import type { Place } from '../../infra/aws/account/place.ts';
import type { DeployedStack } from '../../infra/aws/account/stacks.ts';
import { WildRydesError } from '../../telemetry/errors.ts';

/** What `cdk bootstrap` must have made at least: the version that templates of the CDK ask for. */
const LEAST_BOOTSTRAP = 6;

/** @throws WildRydesError NOT_FOUND with the command that prepares the account and region for the CDK */
export function insistOnBootstrap(
  version: number | undefined,
  place: Place,
  profile: string | undefined,
): void {
  if (version !== undefined && version >= LEAST_BOOTSTRAP) return;
  const { account, region } = place;
  const as = profile === undefined ? '' : ` --profile ${profile}`;
  throw new WildRydesError(
    'NOT_FOUND',
    version === undefined
      ? `the CDK is not prepared in account ${account}, region ${region}: there is no stack CDKToolkit`
      : `what prepares the CDK in account ${account}, region ${region} is too old: version ${version}, wanted ${LEAST_BOOTSTRAP}`,
    { next: `Once for each account and region: npx aws-cdk bootstrap aws://${account}/${region}${as}` },
  );
}

/** A stack that somebody is at: what is begun now would be refused. A set of changes that waits is nobody's work. */
const BUSY = /_IN_PROGRESS$/;
const WAITS = 'REVIEW_IN_PROGRESS';

/** Whether there is anything of a stack: one whose first set of changes waits, or was left, is a name alone. */
export function isMade({ status }: Pick<DeployedStack, 'status'>): boolean {
  return status !== WAITS;
}

/**
 * States in which CloudFormation takes no update, with what to do.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
const STUCK: Readonly<Record<string, 'destroy' | 'continue'>> = {
  CREATE_FAILED: 'destroy',
  ROLLBACK_COMPLETE: 'destroy',
  ROLLBACK_FAILED: 'destroy',
  DELETE_FAILED: 'destroy',
  UPDATE_ROLLBACK_FAILED: 'continue',
};

/** @throws WildRydesError UNREACHABLE for the first stack that somebody else is at */
export function insistOnRest(stacks: readonly DeployedStack[]): void {
  const busy = stacks.find((stack) => BUSY.test(stack.status) && isMade(stack));
  if (busy === undefined) return;
  throw new WildRydesError('UNREACHABLE', `the stack ${busy.stackName} is being changed: ${busy.status}`, {
    next: 'Wait until it has settled: ./wildrydes outputs shows how far it is.',
  });
}

/**
 * @param again flags that lead to the same deployment, with a space before
 * @throws WildRydesError UNREACHABLE for the first stack that takes no update
 */
export function insistOnUpdatable(stacks: readonly DeployedStack[], again: string): void {
  insistOnRest(stacks);
  const stuck = stacks.find(({ status }) => STUCK[status] !== undefined);
  if (stuck === undefined) return;
  const { name, stackName, status, reason } = stuck;
  throw new WildRydesError(
    'UNREACHABLE',
    `the stack ${stackName} cannot be changed: ${status}${reason === undefined ? '' : `, ${reason}`}`,
    {
      next:
        STUCK[status] === 'destroy'
          ? `It holds nothing that works. Take it away, then deploy again: ./wildrydes destroy --stack ${name}${again}`
          : `Have CloudFormation go on with its way back: aws cloudformation continue-update-rollback --stack-name ${stackName}`,
    },
  );
}
