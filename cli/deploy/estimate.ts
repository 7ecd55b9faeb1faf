import { estimate } from '../../infra/aws/cost/estimate.ts';
import type { Settings } from '../../infra/aws/settings.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';

/** What stacks cost, in one sentence: by the hour, and for who forgets about it. */
export function costSentence(
  stacks: readonly StackName[],
  { shards, searchEndpoint }: Pick<Settings, 'shards' | 'searchEndpoint'>,
  region: string,
): string {
  const onDemand = shards === 'on-demand';
  const { total, month, pricesOf } = estimate({
    unicorns: 1,
    hours: 1,
    stacks,
    onDemand,
    ownSearch: searchEndpoint === undefined,
    ...(onDemand ? {} : { shards }),
  });
  const elsewhere = region === pricesOf ? '' : `, by the prices of ${pricesOf}`;
  return `about $${total.toFixed(2)} for an hour with one unicorn, $${month.idle.toFixed(0)} for a month left alone${elsewhere}`;
}
