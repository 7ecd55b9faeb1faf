import { activeStream } from '../../check/streams.ts';
import { type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** What comes out has somewhere to go. */
export async function checkStreams(at: Workbench): Promise<Passed> {
  const { readings, summaries, quarantine } = at.names;
  for (const name of [readings, summaries, quarantine]) await activeStream(at, name);
  return passed(`the streams ${summaries} and ${quarantine}`, 'both are there, and take records');
}
