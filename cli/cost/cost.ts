import { ASSUMPTIONS } from '../../infra/aws/cost/assumptions.ts';
import { estimate, LIMITS } from '../../infra/aws/cost/estimate.ts';
import { PRICES, PRICES_REGION } from '../../infra/aws/cost/prices.ts';
import { isStackName, STACK_NAMES, withFoundations } from '../../infra/aws/stack-names.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { readInteger } from '../options.ts';
import { coloursFor } from '../terminal.ts';
import { costLines, explanationLines } from './show.ts';

export interface CostFlags {
  readonly unicorns?: string | undefined;
  readonly hours?: string | undefined;
  readonly stack?: readonly string[] | undefined;
  readonly shards?: string | undefined;
  readonly 'on-demand'?: boolean | undefined;
  readonly region?: string | undefined;
  readonly explain?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Prints what the pipeline costs on AWS. Asks nobody: no network, no credentials.
 *
 * @throws WildRydesError USAGE for a number out of range, or an unknown stack
 */
export function cost(flags: CostFlags): void {
  const { unicorns = '1', hours = '1', stack = STACK_NAMES, shards } = flags;
  const region = flags.region ?? PRICES_REGION;
  const estimated = estimate({
    unicorns: readInteger('--unicorns', unicorns, 1, LIMITS.unicorns),
    hours: readHours(hours),
    // What a deployment brings along is paid too; a name that is none, the estimate refuses.
    stacks: stack.every(isStackName) ? withFoundations(stack) : stack,
    onDemand: flags['on-demand'] === true,
    shards: shards === undefined ? undefined : readInteger('--shards', shards, 1, LIMITS.shards),
  });
  const explained = flags.explain === true;
  if (flags.json) {
    const object = {
      region,
      ...estimated,
      ...(explained ? { assumptions: ASSUMPTIONS, prices: PRICES } : {}),
    };
    process.stdout.write(`${JSON.stringify(object)}\n`);
    return;
  }
  const colours = coloursFor(process.stdout, process.env);
  const lines = [
    ...costLines(estimated, region, colours),
    ...(explained ? ['', ...explanationLines(colours)] : ['', '--explain tells what is assumed, and why.']),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Hours, in plain decimal digits. */
function readHours(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= LIMITS.hours) return value;
  throw new WildRydesError(
    'USAGE',
    `--hours must be a number above 0, to ${LIMITS.hours} (given ${quote(text)})`,
  );
}
