import { known } from '../../infra/aws/account/kinds.ts';
import type { Place } from '../../infra/aws/account/place.ts';
import type { DeployedStack, StackResource } from '../../infra/aws/account/stacks.ts';
import { DEFAULT_SETTINGS } from '../../infra/aws/settings.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { grouped, printable } from '../terminal.ts';
import { agreed } from './agreement.ts';
import { insistOnRest } from './checks.ts';
import { type Left, leftOf } from './left.ts';
import { goingWith } from './plan.ts';
import type { World } from './world.ts';

/** What is asked for. */
export interface DestroyRequest {
  readonly prefix: string;
  /** Stacks that are named; undefined: all. */
  readonly stacks: readonly StackName[] | undefined;
  /** The application of the aggregation, with its prefix. */
  readonly application: string;
  /** Flags that lead to the same deployment again, with a space before. */
  readonly again: string;
  readonly yes: boolean;
}

/** Times that a bucket is emptied and its stack deleted: what was on its way may arrive in between. */
const ATTEMPTS = 3;

/**
 * Takes stacks away with all that is in them, and looks at what is left.
 *
 * @throws WildRydesError UNREACHABLE if anything is left that costs money, or nobody knows
 */
export async function destroy(request: DestroyRequest, world: World): Promise<void> {
  const { account, tools, person } = world;
  tools.insistOnCdk();
  const place = await account.place(await account.region());
  const deployed = await account.stacks(place.region);
  const going = goingWith(request.stacks, deployed);
  if (going.length > 0) {
    insistOnRest(going);
    const resources = await resourcesOf(going, place, world);
    for (const line of planLines(request, going, resources, place)) person.tell(line);
    await agreed('Destroy it, with everything in it?', request.yes, person);
    await takeAway(request, { going, deployed, place }, world);
  }
  const left = await leftOf(request.stacks, place, account);
  const gone = going.map(({ stackName }) => stackName);
  person.print(
    { account: place.account, region: place.region, destroyed: gone, ...left },
    leftLines(left, gone, request),
  );
  if (left.left.length + left.unseen.length > 0) throw notAllGone(left, request);
}

function resourcesOf(
  stacks: readonly DeployedStack[],
  { region }: Place,
  { account }: World,
): Promise<StackResource[]> {
  return Promise.all(stacks.map((stack) => account.resources(region, stack))).then((all) => all.flat());
}

interface Going {
  /** In the order in which they go. */
  readonly going: readonly DeployedStack[];
  readonly deployed: readonly DeployedStack[];
  readonly place: Place;
}

async function takeAway(
  request: DestroyRequest,
  { going, deployed, place }: Going,
  world: World,
): Promise<void> {
  const { account, signal, tools } = world;
  const { region } = place;
  if (going.some(({ name }) => name === 'Aggregation')) await stopAggregation(request, region, world);
  let left = going;
  let status = 0;
  for (let attempt = 1; attempt <= ATTEMPTS && left.length > 0; attempt++) {
    await emptyBuckets(await resourcesOf(left, place, world), region, world);
    signal.throwIfAborted();
    status = await tools.cdk({
      act: 'destroy',
      stackNames: left.map(({ stackName }) => stackName),
      settings: { ...DEFAULT_SETTINGS, prefix: request.prefix, stacks: deployed.map(({ name }) => name) },
      region,
    });
    signal.throwIfAborted();
    const there = await account.stacks(region);
    const before = left;
    left = there
      .filter(({ id }) => before.some((stack) => stack.id === id))
      .sort((a, b) => before.findIndex(({ id }) => id === a.id) - before.findIndex(({ id }) => id === b.id));
    // What was not even begun fails by itself: another attempt would too.
    if (left.length > 0 && !left.some((stack) => stack.status === 'DELETE_FAILED')) break;
  }
  if (left.length === 0) return;
  const [{ stackName, status: state, reason }] = left as [DeployedStack];
  throw new WildRydesError(
    'UNREACHABLE',
    `the stack ${stackName} is still there: ${state}${reason === undefined ? '' : `, ${printable(reason)}`}; cdk destroy ended with status ${status}`,
    { next: `Destroy again once that is mended: ./wildrydes destroy${request.again}` },
  );
}

/**
 * Stops what aggregates, so that nothing is written that is about to go. AWS also deletes an application that runs, so
 * that one that does not stop keeps nothing here.
 * Source: https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_DeleteApplication.html
 */
async function stopAggregation(
  { application }: DestroyRequest,
  region: string,
  { tools, person, signal }: World,
): Promise<void> {
  try {
    await tools.stopAggregation(region, application);
  } catch (error) {
    signal.throwIfAborted();
    person.tell(
      `application ${application}: does not stop, and is deleted as it is: ${(error as Error).message}`,
    );
  }
}

async function emptyBuckets(
  resources: readonly StackResource[],
  region: string,
  { tools, person, signal }: World,
): Promise<void> {
  const buckets = resources.filter(
    ({ type, status }) => type === 'AWS::S3::Bucket' && status !== 'DELETE_COMPLETE',
  );
  for (const { id } of buckets) {
    signal.throwIfAborted();
    const { objects, uploads } = await tools.emptyBucket(region, id);
    const unfinished =
      uploads === 0 ? '' : `, ${grouped(uploads)} unfinished upload${uploads === 1 ? '' : 's'}`;
    person.tell(`bucket ${id}: ${grouped(objects)} object${objects === 1 ? '' : 's'}${unfinished} deleted`);
  }
}

function planLines(
  { prefix }: DestroyRequest,
  going: readonly DeployedStack[],
  resources: readonly StackResource[],
  place: Place,
): string[] {
  return [
    `account     ${place.account}, as ${place.caller}`,
    `region      ${place.region}`,
    `prefix      ${prefix === '' ? 'none' : prefix.slice(0, -1)}`,
    'What will be gone:',
    ...going.flatMap((stack) => [
      `  ${stack.stackName}`,
      ...resources
        .filter((resource) => resource.stack === stack.name)
        .flatMap((resource) => known(resource, place) ?? [])
        .filter(({ many }) => !many)
        .map(({ what, name }) => `    ${what} ${printable(name)}`),
    ]),
  ];
}

function leftLines({ left, unseen }: Left, gone: readonly string[], { stacks }: DestroyRequest): string[] {
  const went =
    gone.length === 0
      ? 'there was no stack'
      : `${gone.length} stack${gone.length === 1 ? '' : 's'} destroyed`;
  if (left.length + unseen.length > 0) {
    return [
      went,
      ...left.map(({ what, name, because }) =>
        printable(`left: ${what} ${name}${because === null ? '' : ` (${because})`}`),
      ),
      ...unseen.map(({ what, reason }) => printable(`not looked at: ${what}s, ${reason}`)),
    ];
  }
  return [
    went,
    stacks === undefined
      ? 'nothing that costs money is left'
      : 'of what was named, nothing that costs money is left',
  ];
}

function notAllGone({ left, unseen }: Left, { again }: DestroyRequest): WildRydesError {
  if (left.length === 0) {
    return new WildRydesError(
      'UNREACHABLE',
      `nobody knows whether anything is left: ${unseen.length} kind${unseen.length === 1 ? '' : 's'} could not be looked at`,
      { next: `With permission to list them, look again: ./wildrydes destroy${again}` },
    );
  }
  return new WildRydesError(
    'UNREACHABLE',
    `${left.length} thing${left.length === 1 ? '' : 's'} that may cost money ${left.length === 1 ? 'is' : 'are'} left`,
    {
      next: `No stack has them any more, or somebody made them by hand: delete them with the AWS CLI or in the console.`,
    },
  );
}
