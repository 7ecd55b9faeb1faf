import { type App, Duration } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { STREAMS, TABLES } from '../../../telemetry/topology.ts';
import { KitStack } from '../kit-stack.ts';
import { allow } from '../policy.ts';
import type { Settings } from '../settings.ts';

/** The role that the live page reads with: docs/decisions/dashboard-access.md says who may take it, and why so. */
export class DashboardStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Dashboard', 'what the live page may read', settings);
    const role = new Role(this, 'Role', {
      // Whoever is to take it is allowed so by its name, before it is there.
      roleName: this.names.inAllRegions(this, 'wildrydes-dashboard-role'),
      description: 'What the live page may read: minutes, episodes, and summaries as they come',
      // Who of this account may take it, policies of their own must say: it is for nobody by itself.
      assumedBy: new AccountPrincipal(this.account),
      maxSessionDuration: Duration.hours(1),
    });
    for (const { name } of Object.values(TABLES)) {
      allow(role, {
        actions: ['dynamodb:GetItem', 'dynamodb:Query'],
        resources: [this.arns.table(name)],
        reason: 'shows a unicorn whose name is known: reading all of the table is not allowed',
      });
    }
    allow(role, {
      actions: [
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
      ],
      resources: [this.arns.stream(STREAMS.summaries)],
      reason: 'follows the summaries as they come',
    });
  }
}
