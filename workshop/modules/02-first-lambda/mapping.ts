import { type EventSourceMappingConfiguration, GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { functionNamed, mappingsOf } from '../../check/functions.ts';
import { activeStream } from '../../check/streams.ts';
import { until } from '../../check/wait.ts';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/** Seconds that AWS may take to enable a mapping. */
const PATIENCE = 120;

/**
 * The mapping from the stream to the function.
 *
 * @throws Unmet when there is none, or the function is fed by another stream
 */
export async function mappingMade(at: Workbench): Promise<EventSourceMappingConfiguration> {
  const { cliStream, cliFunction } = at.names;
  const { StreamARN = '' } = await activeStream(at, cliStream);
  await functionNamed(at, cliFunction);
  const looked = `what feeds the function ${cliFunction}`;
  const expected = `a mapping from the stream ${cliStream}, and no other`;
  const [own] = await mappingsOf(at, cliFunction, StreamARN);
  const other = (await mappingsOf(at, cliFunction)).find(({ UUID }) => UUID !== own?.UUID);
  if (other !== undefined) {
    throw wrong({
      looked,
      found: `a mapping from ${other.EventSourceArn?.split(':').at(-1)}`,
      expected,
      next: `aws lambda delete-event-source-mapping --uuid ${other.UUID}`,
    });
  }
  if (own !== undefined) return own;
  throw notYet({ looked, found: 'no mapping', expected, next: creation(at, StreamARN) });
}

/** It is enabled, begins with what comes, and hands over one record at a time. */
export async function checkMapping(at: Workbench): Promise<Passed> {
  const { cliStream, cliFunction } = at.names;
  const { UUID = '', BatchSize, StartingPosition, EventSourceArn = '' } = await mappingMade(at);
  const looked = `the mapping from the stream ${cliStream} to the function ${cliFunction}`;
  if (StartingPosition !== 'LATEST') {
    throw wrong({
      looked,
      found: `it starts at ${StartingPosition}, with records that were there before it`,
      expected: 'it starts at LATEST',
      next: `A starting position cannot be changed: aws lambda delete-event-source-mapping --uuid ${UUID}, and when it is gone ${creation(at, EventSourceArn)}`,
    });
  }
  if (BatchSize !== 1) {
    throw wrong({
      looked,
      found: `its batch size is ${BatchSize}`,
      expected: '1, so that each record is an invocation of its own',
      next: `aws lambda update-event-source-mapping --uuid ${UUID} --batch-size 1`,
    });
  }
  const { State, StateTransitionReason } = await settled(at, UUID);
  if (State === 'Enabled') return passed(looked, 'it is enabled, at LATEST, one record at a time');
  const shortfall = { looked, found: `it is ${State} (${StateTransitionReason})`, expected: 'it is Enabled' };
  if (State === 'Disabled' || State === 'Disabling') {
    throw wrong({ ...shortfall, next: `aws lambda update-event-source-mapping --uuid ${UUID} --enabled` });
  }
  throw notYet({ ...shortfall, next: `aws lambda get-event-source-mapping --uuid ${UUID}` });
}

/** The mapping once it is neither being made nor changed, or as it is when the time is over. */
async function settled(at: Workbench, UUID: string): Promise<EventSourceMappingConfiguration> {
  let last: EventSourceMappingConfiguration = {};
  await until(at, 'for the mapping to be enabled', PATIENCE, async () => {
    last = await at.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return ['Creating', 'Enabling', 'Updating'].includes(last.State ?? '') ? undefined : last;
  });
  return last;
}

function creation(at: Workbench, streamArn: string): string {
  return `aws lambda create-event-source-mapping --function-name ${at.names.cliFunction} --event-source-arn ${streamArn} --batch-size 1 --starting-position LATEST`;
}
