import { LOCAL } from '../../../../telemetry/topology.ts';
import { LOCAL_CREDENTIALS } from '../../../target.ts';

export interface VariablesOptions {
  readonly functionName: string;
  readonly version: string;
  readonly handler: string;
  /** Folder of the function's code. */
  readonly taskRoot: string;
  /** MB. */
  readonly memorySize: number;
  readonly logGroup: string;
  readonly logStream: string;
  /** `nodejs22.x` */
  readonly runtime: string;
  /** The function's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** URL of the local cloud. */
  readonly endpoint: string;
  /** An empty folder. */
  readonly home: string;
}

/**
 * Variables that a function cannot set, because Lambda does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** All of a function's environment: what Lambda defines, and nothing of the shell that the cloud runs in. */
export function variablesOf(options: VariablesOptions): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: options.endpoint,
    // Keeps an SDK from asking the machine's network for credentials.
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: options.home,
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    ...options.environment,
    _HANDLER: options.handler,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_DEFAULT_REGION: LOCAL.region,
    AWS_REGION: LOCAL.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${options.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: options.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: options.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: options.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    LAMBDA_TASK_ROOT: options.taskRoot,
  };
}

/** What a process has besides, where a thread has the cloud's own. */
export function processVariables(options: VariablesOptions): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    // A Node that starts others, or the SDK on Node 20, has nothing to say to whoever wrote the function.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...variablesOf(options),
    AWS_SESSION_TOKEN: LOCAL_CREDENTIALS.secretAccessKey,
    // As on Lambda, where a function may not choose the time zone of its logs.
    TZ: options.environment.TZ ?? ':UTC',
  };
}
