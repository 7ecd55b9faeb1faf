import type { App } from 'aws-cdk-lib';
import { Duration } from 'aws-cdk-lib';
import { CfnStream, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { BUCKETS, STREAMS } from '../../../telemetry/topology.ts';
import { privateBucket, QUARANTINE_BUCKET_DAYS } from '../bucket.ts';
import { KitStack } from '../kit-stack.ts';
import { OPERATIONS } from '../operations.ts';
import type { Settings } from '../settings.ts';
import { allowAlarms, topicFor } from '../topic.ts';

/** Hours that streams keep their records: a day to notice, and to mend what is behind. */
const RETENTION = Duration.hours(24);

/** What all others stand on: the three streams, the bucket for what cannot be used, and the topic that hears of trouble. */
export class StreamingStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Streaming', 'streams, quarantine, and where trouble is told', settings);
    for (const [role, name] of Object.entries(STREAMS)) this.#stream(role, name);
    privateBucket(this, BUCKETS.quarantine, { days: QUARANTINE_BUCKET_DAYS });
    allowAlarms(topicFor(this, OPERATIONS, 'Wild Rydes operations'), this);
  }

  #stream(role: string, name: string): void {
    const { shards } = this.settings;
    new CfnStream(this, `Stream-${role}`, {
      name: this.names.of(name),
      retentionPeriodHours: RETENTION.toHours(),
      ...(shards === 'on-demand'
        ? { streamModeDetails: { streamMode: StreamMode.ON_DEMAND } }
        : { streamModeDetails: { streamMode: StreamMode.PROVISIONED }, shardCount: shards }),
      // The service's key is free, unlike one of one's own; its requests cost a little.
      streamEncryption: { encryptionType: 'KMS', keyId: 'alias/aws/kinesis' },
    });
  }
}
