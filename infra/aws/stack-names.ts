/** The stacks of the pipeline, one for each part of it, in the order in which they are deployed. */
export const STACK_NAMES = [
  'Streaming',
  'Aggregation',
  'Processing',
  'Alerting',
  'Archive',
  'Search',
  'Files',
  'Dashboard',
  'Observability',
] as const;

export type StackName = (typeof STACK_NAMES)[number];

export function isStackName(text: string): text is StackName {
  return (STACK_NAMES as readonly string[]).includes(text);
}

/**
 * What a stack cannot do without. That it is there is all: names are known beforehand, so that no stack holds another's
 * values, and each can be deployed and destroyed by itself.
 */
export const STANDS_ON: Readonly<Record<StackName, readonly StackName[]>> = {
  Streaming: [],
  Aggregation: ['Streaming'],
  Processing: ['Streaming'],
  Alerting: ['Streaming'],
  Archive: ['Streaming'],
  Search: ['Streaming', 'Processing'],
  Files: ['Streaming', 'Processing'],
  Dashboard: ['Streaming', 'Processing', 'Alerting'],
  Observability: ['Streaming'],
};

/**
 * What a stack is joined to if both are deployed, and must come after; without it the stack is whole all the same. Uploads
 * call a function of the search, and a bucket takes no function's name that does not exist.
 */
export const COMES_AFTER: Readonly<Partial<Record<StackName, readonly StackName[]>>> = {
  Files: ['Search'],
};

/** The stacks that are wanted with all that they stand on, in the order in which they are deployed. */
export function withFoundations(wanted: readonly StackName[]): StackName[] {
  const all = new Set<StackName>();
  const add = (name: StackName) => {
    if (all.has(name)) return;
    for (const below of STANDS_ON[name]) add(below);
    all.add(name);
  };
  for (const name of wanted) add(name);
  return STACK_NAMES.filter((name) => all.has(name));
}

/** Whether a stack is among those that are wanted, or that they stand on. */
export function isDeployed(name: StackName, { stacks }: { readonly stacks: readonly StackName[] }): boolean {
  return withFoundations(stacks).includes(name);
}
