import type { App } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Dashboard, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { KitStack } from '../kit-stack.ts';
import { OPERATIONS } from '../operations.ts';
import type { Settings } from '../settings.ts';
import { rowsOf } from '../watch/board.ts';
import type { Watch } from '../watch/rule.ts';
import { allWatches } from '../watch/rules.ts';
import { watchedOf } from '../watch/watched.ts';

/** What an alarm is when there are no points. */
const SILENCE = {
  good: TreatMissingData.NOT_BREACHING,
  bad: TreatMissingData.BREACHING,
  'as before': TreatMissingData.IGNORE,
} as const;

/** The pipeline at a glance, and alarms: of all the stacks that are wanted together with this one. */
export class ObservabilityStack extends KitStack {
  constructor(app: App, settings: Settings) {
    super(app, 'Observability', 'the pipeline at a glance, and alarms', settings);
    const watched = watchedOf(settings.stacks);
    for (const watch of allWatches(watched, this.names)) this.#alarm(watch);
    new Dashboard(this, 'Board', {
      dashboardName: this.names.inAllRegions(this, 'wildrydes'),
      widgets: rowsOf(watched, this.names),
    });
  }

  #alarm({ name, metric, over, points: [most, latest], silence, description }: Watch): void {
    const alarm = new Alarm(this, name, {
      alarmName: name,
      alarmDescription: description,
      metric,
      threshold: over,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: most,
      evaluationPeriods: latest,
      treatMissingData: SILENCE[silence],
    });
    const operations = { bind: () => ({ alarmActionArn: this.arns.topic(OPERATIONS) }) };
    alarm.addAlarmAction(operations);
    alarm.addOkAction(operations);
  }
}
