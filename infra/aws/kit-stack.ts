import { type App, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { type Arns, Names } from './names.ts';
import type { Settings } from './settings.ts';
import type { StackName } from './stack-names.ts';

/** What every stack of the kit is: named with the prefix, tagged, and gone without a rest when it is destroyed. */
export class KitStack extends Stack {
  readonly settings: Settings;
  readonly names: Names;
  /** Of this account and region. */
  readonly arns: Arns;

  constructor(app: App, name: StackName, description: string, settings: Settings) {
    const names = new Names(settings.prefix);
    super(app, names.stack(name), {
      stackName: names.stack(name),
      description: `Wild Rydes: ${description}`,
      terminationProtection: false,
    });
    this.settings = settings;
    this.names = names;
    this.arns = names.arns(this);
    Tags.of(this).add('project', 'wildrydes');
    Tags.of(this).add('wildrydes:stack', name);
    if (settings.prefix !== '') Tags.of(this).add('wildrydes:prefix', settings.prefix.replace(/-$/, ''));
  }
}

/** Nothing outlives its stack. */
export const GONE_WITH_STACK = RemovalPolicy.DESTROY;
