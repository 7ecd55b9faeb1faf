import { type Known, known, stackPage } from '../../infra/aws/account/kinds.ts';
import type { Place } from '../../infra/aws/account/place.ts';
import type { DeployedStack } from '../../infra/aws/account/stacks.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { column, printable } from '../terminal.ts';
import type { World } from './world.ts';

/** A deployment as it stands. */
export interface Outputs {
  readonly place: Place;
  readonly prefix: string;
  readonly stacks: readonly DeployedStack[];
  readonly things: readonly Known[];
}

/**
 * Prints names, ARNs and links of what is deployed.
 *
 * @throws WildRydesError NOT_FOUND if nothing is
 */
export async function outputs(prefix: string, again: string, world: World): Promise<void> {
  const place = await world.account.place(await world.account.region());
  const found = await outputsOf(prefix, place, world);
  if (found.stacks.length === 0) throw nothingThere(place, again);
  world.person.print(outputsObject(found), outputsLines(found));
}

/** Nothing is deployed there under this prefix. */
export function nothingThere({ account, region }: Place, again: string): WildRydesError {
  return new WildRydesError(
    'NOT_FOUND',
    `nothing of this prefix is deployed in account ${account}, region ${region}`,
    { next: `Deploy it: ./wildrydes deploy${again}. Another region is named with --region.` },
  );
}

/** Asks CloudFormation what there is. */
export async function outputsOf(prefix: string, place: Place, { account }: World): Promise<Outputs> {
  const stacks = await account.stacks(place.region);
  const resources = await Promise.all(stacks.map((stack) => account.resources(place.region, stack)));
  const things = resources.flat().flatMap((resource) => known(resource, place) ?? []);
  return { place, prefix, stacks, things };
}

/** For a machine: everything. */
export function outputsObject({ place, prefix, stacks, things }: Outputs): object {
  const { account, region } = place;
  return {
    account,
    region,
    prefix: prefix.replace(/-$/, ''),
    stacks: stacks.map(({ name, stackName, id, status, reason = null }) => ({
      name,
      stackName,
      status,
      reason,
      arn: id,
      link: stackPage(id, place),
    })),
    resources: things.map(({ stack, what, name, arn, link }) => ({ stack, kind: what, name, arn, link })),
  };
}

/** For a person: what is used by name; of what there is much of, its number. */
export function outputsLines({ place, stacks, things }: Outputs): string[] {
  return [
    `account ${place.account}, region ${place.region}`,
    ...stacks.flatMap((stack) => {
      const own = things.filter((thing) => thing.stack === stack.name);
      const reason = stack.reason === undefined ? '' : `: ${stack.reason}`;
      return [
        '',
        printable(`${stack.stackName}  ${stack.status}${reason}`),
        ...own.filter(({ many }) => !many).flatMap(thingLines),
        ...countLines(own.filter(({ many }) => many)),
      ];
    }),
  ];
}

const INDENT = 2;
const KIND = 16;

function thingLines({ what, name, arn, link }: Known): string[] {
  const line = (label: string, text: string) =>
    `${' '.repeat(INDENT)}${column(label, KIND)} ${printable(text)}`;
  return [line(what, name), line('', arn), ...(link === null ? [] : [line('', link)])];
}

function countLines(things: readonly Known[]): string[] {
  const counts = new Map<string, number>();
  for (const { what } of things) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(
    ([what, count]) => `${' '.repeat(INDENT)}${count} ${what}${count === 1 ? '' : 's'}, which --json names`,
  );
}
