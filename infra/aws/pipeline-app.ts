import { App, type AppProps } from 'aws-cdk-lib';
import type { KitStack } from './kit-stack.ts';
import type { Settings } from './settings.ts';
import { COMES_AFTER, STANDS_ON, type StackName, withFoundations } from './stack-names.ts';
import { AggregationStack } from './stacks/aggregation.ts';
import { AlertingStack } from './stacks/alerting.ts';
import { ArchiveStack } from './stacks/archive.ts';
import { DashboardStack } from './stacks/dashboard.ts';
import { FilesStack } from './stacks/files.ts';
import { ObservabilityStack } from './stacks/observability.ts';
import { ProcessingStack } from './stacks/processing.ts';
import { SearchStack } from './stacks/search.ts';
import { StreamingStack } from './stacks/streaming.ts';

type Maker = (app: App, settings: Settings) => KitStack;

const STACKS: Readonly<Record<StackName, Maker>> = {
  Streaming: (app, settings) => new StreamingStack(app, settings),
  Aggregation: (app, settings) => new AggregationStack(app, settings),
  Processing: (app, settings) => new ProcessingStack(app, settings),
  Alerting: (app, settings) => new AlertingStack(app, settings),
  Archive: (app, settings) => new ArchiveStack(app, settings),
  Search: (app, settings) => new SearchStack(app, settings),
  Files: (app, settings) => new FilesStack(app, settings),
  Dashboard: (app, settings) => new DashboardStack(app, settings),
  Observability: (app, settings) => new ObservabilityStack(app, settings),
};

/** The app of a deployment: the stacks that are wanted, and those that they stand on. */
export function pipelineApp(settings: Settings, props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, ...props });
  addPipeline(app, settings);
  return app;
}

/** Adds a pipeline to an app: several in one have prefixes of their own. */
export function addPipeline(app: App, settings: Settings): void {
  const made = new Map<StackName, KitStack>();
  for (const name of withFoundations(settings.stacks)) {
    const stack = STACKS[name](app, settings);
    for (const below of [...STANDS_ON[name], ...(COMES_AFTER[name] ?? [])]) {
      const earlier = made.get(below);
      if (earlier !== undefined) stack.addStackDependency(earlier);
    }
    made.set(name, stack);
  }
}
