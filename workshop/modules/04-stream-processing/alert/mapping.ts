import { type EventSourceMappingConfiguration, GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { mappingsOf } from '../../../check/functions.ts';
import { until } from '../../../check/wait.ts';
import { notYet, wrong } from '../../../finding.ts';
import type { Workbench } from '../../../workbench.ts';
import type { Fed } from './fed.ts';

/** Seconds that AWS may take to enable a mapping. */
const PATIENCE = 120;

/**
 * What feeds the learner's function: one of the two streams.
 *
 * @throws Unmet when there is no mapping, when there are two, when it is of another stream, or not enabled
 */
export async function checkAlertMapping(at: Workbench): Promise<Fed> {
  const { alert: functionName, readings, summaries } = at.names;
  const looked = `the mappings of the function ${functionName}`;
  const expected = `one enabled mapping, of the stream ${readings} or of ${summaries}`;
  const mappings = await mappingsOf(at, functionName);
  const [first, second] = mappings;
  if (first === undefined) {
    throw notYet({
      looked,
      found: 'nothing feeds it',
      expected,
      next: `aws lambda create-event-source-mapping --function-name ${functionName} --event-source-arn … --starting-position LATEST, with the ARN of the stream ${readings}`,
    });
  }
  const streams = mappings.map(streamOf);
  if (second !== undefined) {
    throw wrong({
      looked,
      found: `it is fed by ${streams.join(' and ')}: it hears of each fall twice, from the summary long after the readings`,
      expected,
      next: `aws lambda delete-event-source-mapping --uuid ${second.UUID}`,
    });
  }
  const [stream = ''] = streams;
  if (stream !== readings && stream !== summaries) {
    throw wrong({
      looked,
      found: `it is fed by ${stream}`,
      expected,
      next: `aws lambda delete-event-source-mapping --uuid ${first.UUID}`,
    });
  }
  const mapping = await settled(at, first);
  if (mapping.State !== 'Enabled') {
    const { UUID, State } = mapping;
    const disabled = State === 'Disabled';
    throw (disabled ? wrong : notYet)({
      looked: `the mapping of the stream ${stream}`,
      found: disabled ? 'it is disabled: no record reaches the function' : `its State is ${State}`,
      expected: 'its State is Enabled',
      next: disabled
        ? `aws lambda update-event-source-mapping --uuid ${UUID} --enabled`
        : `aws lambda get-event-source-mapping --uuid ${UUID}`,
    });
  }
  return { functionName, mapping, kind: stream === readings ? 'readings' : 'summaries' };
}

function streamOf({ EventSourceArn = '' }: EventSourceMappingConfiguration): string {
  return EventSourceArn.split('/')[1] ?? EventSourceArn;
}

/** A mapping, once it is no longer on the way from one state to another. */
async function settled(
  at: Workbench,
  mapping: EventSourceMappingConfiguration,
): Promise<EventSourceMappingConfiguration> {
  const { UUID } = mapping;
  const now = await until(at, 'for the mapping to be enabled', PATIENCE, async () => {
    const found = await at.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return found.State?.endsWith('ing') ? undefined : found;
  });
  return now ?? mapping;
}
