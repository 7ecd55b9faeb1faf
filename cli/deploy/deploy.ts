import type { Place } from '../../infra/aws/account/place.ts';
import type { DeployedStack } from '../../infra/aws/account/stacks.ts';
import { stackNameOf } from '../../infra/aws/naming.ts';
import type { Settings } from '../../infra/aws/settings.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import { withFoundations } from '../../infra/aws/stack-names.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { agreed } from './agreement.ts';
import { insistOnBootstrap, insistOnUpdatable, isMade } from './checks.ts';
import { costSentence } from './estimate.ts';
import { outputsLines, outputsObject, outputsOf } from './outputs.ts';
import { type Work, workOf } from './plan.ts';
import type { World } from './world.ts';

/** What is asked for. */
export interface DeployRequest {
  readonly settings: Settings;
  readonly profile: string | undefined;
  /** The application of the aggregation, with its prefix. */
  readonly application: string;
  /** Flags that lead to the same deployment again, with a space before. */
  readonly again: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** Looks whether it can be, asks whether it shall be, deploys, starts what aggregates, and tells what there is. */
export async function deploy(request: DeployRequest, world: World): Promise<void> {
  const { place, deployed } = await readiness(request, world);
  const work = workOf(request.settings.stacks, deployed);
  const plan = planLines(request.settings, place, work, deployed);
  if (request.dryRun) return world.person.print(planObject(request.settings, place, work), plan);
  for (const line of plan) world.person.tell(line);
  await agreed('Deploy it?', request.yes, world.person);
  await deployStacks(request, place, work, world);
  if (work.deploys.includes('Aggregation')) await startAggregation(request, place, world);
  const found = await outputsOf(request.settings.prefix, place, world);
  world.person.print(outputsObject(found), [...outputsLines(found), '', ...nextLines(request, place)]);
}

/** The cheapest first: what is missing here, then what is missing there. */
async function readiness(
  { settings, profile, again }: DeployRequest,
  { account, tools }: World,
): Promise<{ place: Place; deployed: DeployedStack[] }> {
  tools.insistOnCdk();
  if (withFoundations(settings.stacks).includes('Aggregation')) await tools.insistOnJava();
  const place = await account.place(await account.region());
  insistOnBootstrap(await account.bootstrapVersion(place.region), place, profile);
  const deployed = await account.stacks(place.region);
  insistOnUpdatable(deployed, again);
  return { place, deployed: deployed.filter(isMade) };
}

async function deployStacks(
  { settings, again }: DeployRequest,
  { region }: Place,
  { deploys, all }: Work,
  { tools, signal }: World,
): Promise<void> {
  const jar = deploys.includes('Aggregation') ? await tools.jar() : undefined;
  signal.throwIfAborted();
  const status = await tools.cdk({
    act: 'deploy',
    stackNames: deploys.map((name) => stackNameOf(settings.prefix, name)),
    settings: { ...settings, stacks: all, jar },
    region,
  });
  signal.throwIfAborted();
  if (status === 0) return;
  throw new WildRydesError('UNREACHABLE', `cdk deploy ended with status ${status}; what it says is above`, {
    next: `Deploy again once that is mended, or take away what there is: ./wildrydes destroy${again}`,
  });
}

async function startAggregation(
  request: DeployRequest,
  place: Place,
  { tools, person }: World,
): Promise<void> {
  const { application } = request;
  try {
    await tools.startAggregation(place.region, application);
  } catch (error) {
    person.tell(
      `The stacks are deployed; the application does not run yet: ./wildrydes aggregation start${whereAgain(request, place)}`,
    );
    throw error;
  }
}

function planLines(
  settings: Settings,
  { account, region, caller }: Place,
  { deploys, all }: Work,
  deployed: readonly DeployedStack[],
): string[] {
  const there = new Set<StackName>(deployed.map(({ name }) => name));
  const names = (stacks: readonly StackName[]) => stacks.join(', ') || 'none';
  const { prefix, shards, alertEmail } = settings;
  return [
    `account     ${account}, as ${caller}`,
    `region      ${region}`,
    `prefix      ${prefix === '' ? 'none' : prefix.slice(0, -1)}`,
    `new         ${names(deploys.filter((name) => !there.has(name)))}`,
    `changed     ${names(deploys.filter((name) => there.has(name)))}`,
    ...(deploys.includes('Streaming')
      ? [
          `streams     ${shards === 'on-demand' ? 'on demand' : `${shards} shard${shards === 1 ? '' : 's'} each`}`,
        ]
      : []),
    ...(alertEmail === undefined ? [] : [`alerts to   ${alertEmail}, whom AWS asks first`]),
    `cost        ${costSentence(all, settings, region)}`,
    '            ./wildrydes cost has it item by item.',
  ];
}

function planObject(settings: Settings, { account, region }: Place, { deploys, all }: Work): object {
  const { prefix, shards } = settings;
  return { dryRun: true, account, region, prefix: prefix.replace(/-$/, ''), shards, deploys, all };
}

function nextLines(request: DeployRequest, place: Place): string[] {
  return [
    `Feed it:       ./producer${whereAgain(request, place)} --name Rocinante`,
    `Take it away:  ./wildrydes destroy${request.again}`,
  ];
}

/** The flags that lead other commands to this deployment: with a region, or they would stay here. */
function whereAgain({ again }: DeployRequest, { region }: Place): string {
  return again.replace(/^(?!.*--(region|endpoint))/, ` --region ${region}`);
}
