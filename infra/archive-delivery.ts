import {
  CreateDeliveryStreamCommand,
  FirehoseClient,
  ResourceInUseException,
} from '@aws-sdk/client-firehose';
import { ARCHIVE_DELIVERY } from '../processor/archive/delivery.ts';
import { LOCAL } from '../telemetry/topology.ts';
import { clientConfig, type Target } from './target.ts';

/** Creates the delivery stream of the archive in the local cloud; one that exists is left as it is. */
export async function createArchiveDelivery(target: Target): Promise<void> {
  const { name, source, functionName, bucket, prefix, errorPrefix, compression, buffer, functionBuffer } =
    ARCHIVE_DELIVERY;
  const account = `${LOCAL.region}:${LOCAL.accountId}`;
  const RoleARN = `arn:aws:iam::${LOCAL.accountId}:role/WildRydesDeliveryRole`;
  const firehose = new FirehoseClient(clientConfig(target));
  try {
    await firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: name,
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: {
          KinesisStreamARN: `arn:aws:kinesis:${account}:stream/${source}`,
          RoleARN,
        },
        ExtendedS3DestinationConfiguration: {
          RoleARN,
          BucketARN: `arn:aws:s3:::${bucket}`,
          Prefix: prefix,
          ErrorOutputPrefix: errorPrefix,
          CompressionFormat: compression,
          BufferingHints: { SizeInMBs: buffer.size, IntervalInSeconds: buffer.interval },
          ProcessingConfiguration: {
            Enabled: true,
            Processors: [
              {
                Type: 'Lambda',
                Parameters: [
                  {
                    ParameterName: 'LambdaArn',
                    ParameterValue: `arn:aws:lambda:${account}:function:${functionName}:$LATEST`,
                  },
                  { ParameterName: 'BufferSizeInMBs', ParameterValue: String(functionBuffer.size) },
                  {
                    ParameterName: 'BufferIntervalInSeconds',
                    ParameterValue: String(functionBuffer.interval),
                  },
                ],
              },
            ],
          },
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    firehose.destroy();
  }
}
