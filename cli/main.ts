#!/usr/bin/env node
import { brokenOutput, printFailure } from './failure.ts';
import { normaliseOlderSpelling } from './older-spelling.ts';
import { parse } from './parser.ts';
import { coloursFor, columnsOf } from './terminal.ts';

// The SDK's notice about Node 20 is for its upgraders, not for people at a workshop table. It reads this when first used.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const fail = (error: unknown) => printFailure(error, process.stderr, coloursFor(process.stderr, process.env));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const failure = brokenOutput(error);
  if (failure !== undefined) process.exit(fail(failure));
});
// There is nobody left to tell.
process.stderr.on('error', () => {});

try {
  await parse(normaliseOlderSpelling(process.argv.slice(2)), Math.min(110, columnsOf(process.stdout, 110)));
} catch (error) {
  process.exitCode = fail(error);
}
