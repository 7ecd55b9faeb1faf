#!/usr/bin/env node
import { printFailure } from './failure.ts';
import { normaliseOlderSpelling } from './older-spelling.ts';
import { parse } from './parser.ts';

// The SDK's notice about Node 20 is for its upgraders, not for people at a workshop table. It reads this when first used.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

try {
  await parse(normaliseOlderSpelling(process.argv.slice(2)));
} catch (error) {
  process.exitCode = printFailure(error, process.stderr);
}
