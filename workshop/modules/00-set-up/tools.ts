import { execFile } from 'node:child_process';
import { notYet, type Passed, passed, wrong } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/**
 * The first releases that follow AWS_ENDPOINT_URL: older ones would talk to AWS whatever the shell says.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
const LEAST: Readonly<Record<string, readonly [number, number]>> = { '1': [29, 0], '2': [13, 0] };

/** Milliseconds: the CLI takes up to some seconds to begin. */
const PATIENCE = 30_000;

/** The AWS CLI is there, and new enough to be led. */
export async function checkTools(at: Workbench): Promise<Passed> {
  const looked = 'the AWS CLI';
  const said = await versionOf(at);
  if (said === undefined) {
    throw notYet({
      looked,
      found: 'there is no command aws',
      expected: 'version 2, or version 1 from 1.29 on',
      next: 'Install it: https://aws.amazon.com/cli/, or pip install awscli',
    });
  }
  const [, version = '', major = '', minor = '', patch = ''] =
    /aws-cli\/((\d+)\.(\d+)\.(\d+))/.exec(said) ?? [];
  const least = LEAST[major];
  const enough =
    least !== undefined &&
    (Number(minor) > least[0] || (Number(minor) === least[0] && Number(patch) >= least[1]));
  if (!enough) {
    throw wrong({
      looked,
      found: version === '' ? `aws --version says ${said.slice(0, 80)}` : `version ${version}`,
      expected: '2.13 or newer, or of version 1 1.29 or newer: older ones do not know AWS_ENDPOINT_URL',
      next: 'Install it: https://aws.amazon.com/cli/, or pip install --upgrade awscli',
    });
  }
  return passed(looked, `version ${version}`);
}

/** What `aws --version` says; undefined when there is no such command. Early releases say it on standard error. */
function versionOf({ env, signal }: Workbench): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      env: env as NodeJS.ProcessEnv,
      timeout: PATIENCE,
      signal,
      shell: process.platform === 'win32',
    };
    execFile('aws', ['--version'], options, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') resolve(undefined);
      else if (error) reject(error);
      else resolve(`${stdout}${stderr}`.trim());
    });
  });
}
