import { ServiceError } from '../../protocol/errors.ts';
import { DESTINATION_ID, type DeliveryStream, namedStream, STREAM_NAME } from '../delivery-streams.ts';
import { S3, settingsOf } from '../destination.ts';
import { invalidArgument } from '../errors.ts';
import { operation } from '../operation.ts';

/** Changes a destination: what is left out stays as it is. Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html */
export const updateDestination = operation(
  {
    DeliveryStreamName: STREAM_NAME,
    CurrentDeliveryStreamVersionId: { type: 'String', required: true, min: 1, max: 50, pattern: '[0-9]+' },
    DestinationId: { type: 'String', required: true, min: 1, max: 100, pattern: '[a-zA-Z0-9-]+' },
    S3DestinationUpdate: { type: 'Structure', members: S3.update },
    ExtendedS3DestinationUpdate: { type: 'Structure', members: S3.extendedUpdate },
  },
  (input, { streams, delivererOf, now }) => {
    const stream = namedStream(streams, input.DeliveryStreamName);
    const { CurrentDeliveryStreamVersionId: version, DestinationId: id } = input;
    if (id !== DESTINATION_ID) throw invalidArgument(`Destination Id ${id} not found`);
    if (version !== String(stream.version)) {
      throw new ServiceError(
        'ConcurrentModificationException',
        `Cannot update firehose: ${stream.name} since the current version id: ${stream.version} and specified version id: ${version} do not match`,
      );
    }
    const given = input.ExtendedS3DestinationUpdate ?? input.S3DestinationUpdate;
    if (given === undefined) throw invalidArgument('One destination update is required: that of S3.');
    const changed: DeliveryStream = {
      ...stream,
      version: stream.version + 1,
      destination: settingsOf(given, stream.destination),
      extended: stream.extended || input.ExtendedS3DestinationUpdate !== undefined,
      updatedAt: now(),
    };
    streams.put(stream.name, changed);
    delivererOf(stream).update(changed);
    return {};
  },
);
