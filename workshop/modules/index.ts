import type { Module } from '../module.ts';
import { streamingData } from './01-streaming-data/module.ts';
import { streamingAggregation } from './03-streaming-aggregation/module.ts';

/** All modules, in the order in which they are done. */
export const MODULES: readonly Module[] = [streamingData, streamingAggregation];
