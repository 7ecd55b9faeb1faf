/** What the local host runs of every function. Names and units as in the Lambda API's CreateFunction. */
interface RunnableFunction {
  /** 1 to 64 letters, digits, `-` and `_`. */
  readonly functionName: string;
  /** Seconds, 1 to 900. */
  readonly timeout: number;
  /** MB, 128 to 10,240. */
  readonly memorySize: number;
  /** The function's own variables; Lambda's reserved ones win over them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One of the kit's own functions, which runs in a worker thread. */
export interface FunctionDefinition extends RunnableFunction {
  /** Absolute path of a built ES module that exports `handler`. */
  readonly file: string;
}

/** An uploaded function, or one of its versions, which runs in a child process. */
export interface UploadedDefinition extends RunnableFunction {
  /** `$LATEST`, or a number. */
  readonly version: string;
  readonly runtime: Runtime;
  /** `file.export` or `dir/file.export`. */
  readonly handler: string;
  /** Folder of its code, absolute. */
  readonly taskRoot: string;
  /** Where its lines go in CloudWatch Logs. */
  readonly logGroup: string;
}

/** Those that the local cloud takes; all of them run on the Node.js that runs the cloud. */
export const RUNTIMES = ['nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** One line of a function's log. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly line: string;
}

/** An event-source mapping. Names and meanings as in the Lambda API's CreateEventSourceMapping. */
export interface MappingDefinition {
  readonly functionName: string;
  /** A Kinesis stream, or the stream of a DynamoDB table. */
  readonly eventSourceArn: string;
  /** Records of one invocation at most, 1 to 10,000. */
  readonly batchSize: number;
  /** Longest time to gather records, 0 to 300; at 0 a function is invoked as soon as there is anything. */
  readonly maximumBatchingWindowInSeconds: number;
  /** Where a mapping begins that has no position yet. */
  readonly startingPosition: StartingPosition;
  /** Milliseconds since the epoch, for AT_TIMESTAMP; else null. */
  readonly startingPositionTimestamp: number | null;
  /** With `ReportBatchItemFailures` the function's response says where a batch failed; else it is ignored. */
  readonly functionResponseTypes: readonly 'ReportBatchItemFailures'[];
  /** Retries of a failed batch before its records are given up, 0 to 10,000; -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  /** Records older than this are given up instead of sent, 60 to 604,800; -1: none is too old. */
  readonly maximumRecordAgeInSeconds: number;
  /** Split a failed batch in two before it is sent again. */
  readonly bisectBatchOnFunctionError: boolean;
  /** Batches of one shard under way at once, 1 to 10; records of one partition key stay in order. */
  readonly parallelizationFactor: number;
  /** Length of the windows that the function keeps a state for, 1 to 900; 0: none. */
  readonly tumblingWindowInSeconds: number;
  /** Patterns of FilterCriteria, as JSON; a record that matches none is passed over. Empty: every record is delivered. */
  readonly filterPatterns: readonly string[];
  /** ARN of the topic or bucket that is told of records given up; null: only the log is. */
  readonly onFailure: string | null;
}

export const STARTING_POSITIONS = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'] as const;
export type StartingPosition = (typeof STARTING_POSITIONS)[number];

/** What CreateEventSourceMapping takes for a stream where the request says nothing. */
export const MAPPING_DEFAULTS = {
  batchSize: 100,
  maximumBatchingWindowInSeconds: 0,
  startingPositionTimestamp: null,
  functionResponseTypes: [],
  maximumRetryAttempts: -1,
  maximumRecordAgeInSeconds: -1,
  bisectBatchOnFunctionError: false,
  parallelizationFactor: 1,
  tumblingWindowInSeconds: 0,
  filterPatterns: [],
  onFailure: null,
} as const satisfies Partial<MappingDefinition>;

/** Why an invocation failed, in the shape in which Lambda answers it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How one invocation ended, and which it was. */
export type Outcome = { readonly requestId: string } & Ending;

export type Ending =
  | {
      readonly kind: 'response';
      /** What the handler returned, as JSON. */ readonly payload: string;
    }
  | { readonly kind: 'error'; readonly error: FunctionError }
  /** The host is closing: the function was stopped, and nothing is known of the invocation. */
  | { readonly kind: 'stopped' };
