import type { CdkRequest } from '../../infra/aws/account/cdk.ts';
import type { Place } from '../../infra/aws/account/place.ts';
import type { Remains } from '../../infra/aws/account/remains.ts';
import type { DeployedStack, StackResource } from '../../infra/aws/account/stacks.ts';
import { stackNameOf } from '../../infra/aws/naming.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import type { World } from './world.ts';

export const PLACE: Place = {
  account: '111122223333',
  region: 'us-west-2',
  partition: 'aws',
  caller: 'arn:aws:iam::111122223333:user/alice',
  console: true,
};

export function stack(name: StackName, status = 'CREATE_COMPLETE', reason?: string): DeployedStack {
  const stackName = stackNameOf('alice-', name);
  return { name, stackName, id: `id-of-${name}`, status, reason };
}

/** For tests: a world in which everything goes well, but for what a test changes; and what was done in it, in order. */
export function testWorld() {
  const done: string[] = [];
  const told: string[] = [];
  const printed: { value: unknown; lines: readonly string[] }[] = [];
  const requests: Omit<CdkRequest, 'target' | 'colours'>[] = [];
  const controller = new AbortController();
  const state = {
    stacks: [] as DeployedStack[],
    resources: [] as StackResource[],
    skipped: [] as StackResource[],
    remains: { left: [], unseen: [] } as Remains,
    bootstrap: 27 as number | undefined,
    answer: undefined as boolean | undefined,
    /** What cdk does with the stacks, and its exit status. */
    cdk: ({ act, stackNames, settings }: (typeof requests)[number]): number => {
      state.stacks =
        act === 'destroy'
          ? state.stacks.filter(({ stackName }) => !stackNames.includes(stackName))
          : settings.stacks.map((name) => stack(name));
      return 0;
    },
    /** Fails at a step, by its name. */
    fails: undefined as { readonly at: string; readonly error: unknown } | undefined,
  };
  const step = (name: string) => {
    done.push(name);
    if (state.fails?.at === name) throw state.fails.error;
  };
  const world: World = {
    account: {
      region: async () => {
        step('region');
        return PLACE.region;
      },
      place: async () => {
        step('credentials');
        return PLACE;
      },
      bootstrapVersion: async () => {
        step('bootstrap');
        return state.bootstrap;
      },
      stacks: async () => {
        step('stacks');
        return state.stacks;
      },
      resources: async (_, { name }) => state.resources.filter((resource) => resource.stack === name),
      leftByDeletion: async () => state.skipped,
      remains: async () => state.remains,
    },
    tools: {
      insistOnCdk: () => step('cdk?'),
      insistOnJava: async () => step('java?'),
      jar: async () => {
        step('jar');
        return '/built.jar';
      },
      cdk: async (request) => {
        step(`cdk ${request.act}`);
        requests.push(request);
        return state.cdk(request);
      },
      startAggregation: async (_, application) => step(`start ${application}`),
      stopAggregation: async (_, application) => step(`stop ${application}`),
      emptyBucket: async (_, bucket) => {
        step(`empty ${bucket}`);
        return { objects: 12_345, uploads: 2 };
      },
    },
    person: {
      get answers() {
        return state.answer !== undefined;
      },
      saysYes: async (question) => {
        step(`ask: ${question}`);
        return state.answer === true;
      },
      tell: (line) => void told.push(line),
      print: (value, lines) => void printed.push({ value, lines }),
    },
    signal: controller.signal,
  };
  return { world, state, done, told, printed, requests, interrupt: () => controller.abort() };
}
