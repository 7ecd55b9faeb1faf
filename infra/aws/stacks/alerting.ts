import type { App } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { manifest } from '../../../processor/alert/manifest.ts';
import type { StreamTrigger } from '../../../processor/manifest.ts';
import { TABLES, TOPICS } from '../../../telemetry/topology.ts';
import { KitFunction } from '../function.ts';
import { GONE_WITH_STACK, KitStack } from '../kit-stack.ts';
import { OPERATIONS } from '../operations.ts';
import type { Settings } from '../settings.ts';
import { topicFor } from '../topic.ts';

/** Who tells when a unicorn runs low: the function, its episodes, and the topic. */
export class AlertingStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Alerting', 'alerts of unicorns that run low', settings);
    const { name, partitionKey } = TABLES.alerts;
    const table = new Table(this, 'Table', {
      tableName: this.names.of(name),
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: GONE_WITH_STACK,
    });
    const topic = topicFor(this, TOPICS.alerts, 'Wild Rydes alerts');
    const alert = new KitFunction(this, manifest);
    alert.fn.node.addDependency(table, topic);
    for (const trigger of manifest.triggers as readonly StreamTrigger[]) {
      alert.reads(trigger, this.arns.stream(trigger.stream), this.arns.topic(OPERATIONS));
    }
  }
}
