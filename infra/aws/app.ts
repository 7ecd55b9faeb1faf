import { WildRydesError } from '../../telemetry/errors.ts';
import { pipelineApp } from './pipeline-app.ts';
import { SETTINGS_VARIABLE, settingsFrom } from './settings-json.ts';

/**
 * What `cdk` runs: the app of one deployment, from the settings that a variable holds. For `cdk` by hand:
 * `WILDRYDES_SETTINGS='{"stacks":["Streaming"]}' npx cdk ls --app "node dist/infra/aws/app.js"`
 */
try {
  pipelineApp(settingsFrom(process.env[SETTINGS_VARIABLE])).synth();
} catch (error) {
  if (!(error instanceof WildRydesError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
