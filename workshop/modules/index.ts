import type { Module } from '../module.ts';
import { streamingData } from './01-streaming-data/module.ts';
import { streamProcessing } from './04-stream-processing/module.ts';

/** All modules, in the order in which they are done. */
export const MODULES: readonly Module[] = [streamingData, streamProcessing];
