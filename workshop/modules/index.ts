import type { Module } from '../module.ts';
import { setUp } from './00-set-up/module.ts';
import { streamingData } from './01-streaming-data/module.ts';
import { firstLambda } from './02-first-lambda/module.ts';
import { streamingAggregation } from './03-streaming-aggregation/module.ts';
import { streamProcessing } from './04-stream-processing/module.ts';
import { cleanUp } from './09-clean-up/module.ts';

/** All modules, in the order in which they are done. */
export const MODULES: readonly Module[] = [
  setUp,
  streamingData,
  firstLambda,
  streamingAggregation,
  streamProcessing,
  // 5 to 8 are for electives.
  cleanUp,
];
