import {
  insistOnRoomForOnDemand,
  refuseWarmThroughput,
  STREAM_MODE_DETAILS,
  WARM_THROUGHPUT,
} from '../capacity-mode.ts';
import { countForToday } from '../daily-limits.ts';
import { namedStream, operation, STREAM_ARN } from '../operation.ts';

/**
 * Switches a stream between capacity modes; it keeps its shards. Twice in 24 hours; to the mode that it is in already is
 * no switch.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html and
 * https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
 */
export const updateStreamMode = operation(
  {
    StreamARN: { ...STREAM_ARN, required: true },
    StreamModeDetails: { ...STREAM_MODE_DETAILS, required: true },
    WarmThroughputMiBps: WARM_THROUGHPUT,
  },
  (input, context) => {
    const stream = namedStream({ StreamName: undefined, StreamARN: input.StreamARN }, context);
    refuseWarmThroughput(input.WarmThroughputMiBps);
    const mode = input.StreamModeDetails.StreamMode;
    if (mode === stream.mode) return undefined;
    if (mode === 'ON_DEMAND') insistOnRoomForOnDemand(context);
    stream.change({ mode, settings: countForToday('modeSwitch', stream, context) });
    return undefined;
  },
  'A stream on demand keeps the shards that it has. WarmThroughputMiBps is refused.',
);
