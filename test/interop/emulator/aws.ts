import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AWSCLI, pythonEnvironment } from '../python.ts';

/** What the AWS CLI answered, parsed; undefined when it answered nothing. */
export type Answer = ReturnType<typeof JSON.parse>;

export type Aws = (...args: readonly string[]) => Promise<Answer>;

/** Credentials that mean nothing: the emulator makes an account of an access key of twelve digits, else its default one. */
export const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Where the stacks are deployed. */
export const EMULATOR_REGION = 'us-west-2';

/**
 * The AWS CLI towards an endpoint, with nothing of the shell's configuration. The endpoint is an argument: its version 1
 * does not follow AWS_ENDPOINT_URL for every service, and asks AWS about queues in spite of it.
 *
 * @returns runs one command; rejects with what the command wrote to standard error
 */
export function awsAt(endpoint: string): Aws {
  const program = join(pythonEnvironment(AWSCLI), 'aws');
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
    AWS_DEFAULT_REGION: EMULATOR_REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
  };
  return async (...args) => {
    try {
      const { stdout } = await promisify(execFile)(
        program,
        ['--endpoint-url', endpoint, '--output', 'json', ...args],
        {
          env,
          maxBuffer: 64 * 1024 * 1024,
        },
      );
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      throw new Error(`aws ${args.join(' ')}: ${stderr?.trim() || message}`);
    }
  };
}
