/** The stacks that can be estimated, in the order in which they are deployed and shown. */
export const PRICED_STACKS = [
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

export type PricedStack = (typeof PRICED_STACKS)[number];
