import {
  DescribeDeliveryStreamCommand,
  type FirehoseClient,
  UpdateDestinationCommand,
} from '@aws-sdk/client-firehose';
import { DELIVERY_STREAMS } from '../telemetry/topology.ts';

/** Has the archive of a cloud delivered every second; left alone, it waits for a minute. */
export async function deliverSoon(firehose: FirehoseClient): Promise<void> {
  const DeliveryStreamName = DELIVERY_STREAMS.archive;
  const { DeliveryStreamDescription: stream } = await firehose.send(
    new DescribeDeliveryStreamCommand({ DeliveryStreamName }),
  );
  await firehose.send(
    new UpdateDestinationCommand({
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: stream?.VersionId,
      DestinationId: stream?.Destinations?.[0]?.DestinationId,
      ExtendedS3DestinationUpdate: { BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 1 } },
    }),
  );
}
