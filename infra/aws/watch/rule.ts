import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Names } from '../names.ts';
import type { Metrics } from './metrics.ts';

/**
 * An alarm for each thing of a kind. What stands in its description is for somebody who is woken by it: what it means,
 * and what to do.
 */
export interface Rule<Thing> {
  /** Which of the things it is for; all of them if absent. */
  readonly when?: (thing: Thing) => boolean;
  /** Its name, without prefix: begins with the thing's own. */
  readonly name: (thing: Thing) => string;
  readonly metric: (thing: Thing, metrics: Metrics) => IMetric;
  /** The alarm is for points over this. */
  readonly over: number;
  /** How many points of how many latest ones must be over it: the first is all of one or more. */
  readonly points: readonly [over: number, of: number];
  /** What it is when there are no points: good, bad, or as it was before. */
  readonly silence: 'good' | 'bad' | 'as before';
  readonly means: (thing: Thing) => string;
  readonly next: (thing: Thing, names: Names) => string;
}

/** An alarm of one thing, as it is made. */
export interface Watch {
  /** With the prefix. */
  readonly name: string;
  readonly metric: IMetric;
  readonly over: number;
  readonly points: readonly [over: number, of: number];
  readonly silence: Rule<unknown>['silence'];
  readonly description: string;
}

/** A kind's rules, for the things of that kind that there are. */
export function watchesOf<Thing>(
  rules: readonly Rule<Thing>[],
  things: readonly Thing[],
  metrics: Metrics,
  names: Names,
): readonly Watch[] {
  return things.flatMap((thing) =>
    rules
      .filter(({ when = () => true }) => when(thing))
      .map(({ name, metric, over, points, silence, means, next }) => ({
        name: names.of(name(thing)),
        metric: metric(thing, metrics),
        over,
        points,
        silence,
        description: `${means(thing)} ${next(thing, names)}`,
      })),
  );
}
