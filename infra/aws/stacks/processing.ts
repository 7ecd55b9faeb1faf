import type { App } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { StreamTrigger } from '../../../processor/manifest.ts';
import { manifest } from '../../../processor/store/manifest.ts';
import { TABLES } from '../../../telemetry/topology.ts';
import { KitFunction } from '../function.ts';
import { GONE_WITH_STACK, KitStack } from '../kit-stack.ts';
import { OPERATIONS } from '../operations.ts';
import type { Settings } from '../settings.ts';
import { tellChanges } from '../table-changes.ts';

/** The table, and the function that writes each unicorn's minutes into it. */
export class ProcessingStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Processing', "each unicorn's minutes, in a table", settings);
    const { name, partitionKey, sortKey } = TABLES.summaries;
    const table = new Table(this, 'Table', {
      tableName: this.names.of(name),
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // For the search, which may come later: the changes cost nothing until somebody reads them.
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      removalPolicy: GONE_WITH_STACK,
    });
    tellChanges(this, name, table);
    const store = new KitFunction(this, manifest);
    store.fn.node.addDependency(table);
    for (const trigger of manifest.triggers as readonly StreamTrigger[]) {
      store.reads(trigger, this.arns.stream(trigger.stream), this.arns.topic(OPERATIONS));
    }
  }
}
