import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  ResourceInUseException,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { ifThere } from '../check/missing.ts';
import { until } from '../check/wait.ts';
import type { Workbench } from '../workbench.ts';
import { PATIENCE } from './patience.ts';

/** Creates a stream with one shard; one that is there is left as it is. */
export async function ensureStream(at: Workbench, name: string): Promise<void> {
  try {
    await at.kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilStreamExists({ client: at.kinesis, ...PATIENCE }, { StreamName: name });
}

/** Deletes a stream and waits until its name is free. */
export async function removeStream(at: Workbench, name: string): Promise<void> {
  const ask = () => ifThere(at.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name })));
  if ((await ask()) === undefined) return;
  await ifThere(
    at.kinesis.send(new DeleteStreamCommand({ StreamName: name, EnforceConsumerDeletion: true })),
  );
  await until(at, `for the stream ${name} to be gone`, 120, async () =>
    (await ask()) === undefined ? true : undefined,
  );
}
