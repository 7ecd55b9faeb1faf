/**
 * What a function needs to run anywhere: the local cloud, the CDK app and the docs are all fed from it.
 * Times are in seconds, as AWS counts them.
 */
export interface FunctionManifest {
  readonly functionName: string;
  readonly description: string;
  /** Module that exports `handler`, from the project's root, without extension. */
  readonly entry: string;
  readonly timeout: number;
  /** MB. */
  readonly memorySize: number;
  /** Values are literal; ARNs are built from topology by whoever deploys, through `topicArn`-style placeholders `${topic:NAME}` and `${stream:NAME}`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly trigger: KinesisTrigger;
  /** Least privilege: action and the table, topic or stream it is allowed on. */
  readonly permissions: readonly Permission[];
}

/** Names and meanings as in the Lambda API's CreateEventSourceMapping. */
export interface KinesisTrigger {
  readonly streamName: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly functionResponseTypes: readonly 'ReportBatchItemFailures'[];
  /** -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
}

export interface Permission {
  readonly action: string;
  readonly on: { readonly table: string } | { readonly topic: string } | { readonly stream: string };
}
