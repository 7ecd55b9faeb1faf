/**
 * What a function needs to run anywhere: the local cloud, the CDK app and the docs are all fed from it.
 * Times are in seconds, as AWS counts them.
 */
export interface FunctionManifest {
  readonly functionName: string;
  readonly description: string;
  readonly part: Part;
  /** Module that exports `handler`, from the project's root, without extension. */
  readonly entry: string;
  readonly timeout: number;
  /** MB. */
  readonly memorySize: number;
  /**
   * Values are literal but for placeholders, which whoever deploys puts the real thing in place of: `${topic:NAME}` and
   * `${stream:NAME}` are ARNs, `${stream-name:NAME}`, `${table-name:NAME}`, `${index:NAME}` and `${bucket:NAME}` are the
   * names there, `${search:endpoint}` the URL of the search cluster.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** What calls it; nothing does if empty. */
  readonly triggers: readonly Trigger[];
  /** Least privilege, beyond what the triggers need: action and what it is allowed on. */
  readonly permissions: readonly Permission[];
}

/**
 * What a function is deployed with: `pipeline` is the main line from the sensor to the table and the alerts; the others
 * stand around it; `by-hand` is deployed by whoever wants it.
 */
export type Part = 'pipeline' | 'archive' | 'files' | 'search' | 'by-hand';

export type Trigger = StreamTrigger | TableTrigger | ObjectTrigger | DeliveryTrigger;

/** Names and meanings as in the Lambda API's CreateEventSourceMapping. */
interface Polling {
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly functionResponseTypes: readonly 'ReportBatchItemFailures'[];
  /** -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
}

/** Records of a Kinesis stream. */
export interface StreamTrigger extends Polling {
  readonly on: 'stream';
  readonly stream: string;
}

/** Changes of a table, with the images before and after. */
export interface TableTrigger extends Polling {
  readonly on: 'table';
  readonly table: string;
}

/** Objects that were put into a bucket, under keys that begin and end so. */
export interface ObjectTrigger {
  readonly on: 'objects';
  readonly bucket: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** Batches that Firehose has transformed before it delivers them. */
export interface DeliveryTrigger {
  readonly on: 'delivery';
  readonly deliveryStream: string;
}

/**
 * Polling for a function that reports batch item failures, and quarantines what can never be used: what fails then is
 * worth another attempt for as long as it takes.
 */
export const UNTIL_HANDLED = {
  maximumBatchingWindowInSeconds: 0,
  startingPosition: 'TRIM_HORIZON',
  functionResponseTypes: ['ReportBatchItemFailures'],
  maximumRetryAttempts: -1,
  bisectBatchOnFunctionError: false,
} as const;

export interface Permission {
  readonly action: string;
  readonly on:
    | { readonly table: string }
    | { readonly topic: string }
    | { readonly stream: string }
    /** Keys that begin so; all of them if absent. */
    | { readonly bucket: string; readonly prefix?: string }
    /**
     * Paths of one operation of the search cluster, from its slash on. A literal `${prefix}` in one is the deployment's prefix,
     * with its dash; nothing for none.
     */
    | { readonly search: readonly string[] };
}
