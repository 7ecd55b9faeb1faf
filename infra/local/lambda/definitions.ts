/** A function as the local host runs it. Names and units as in the Lambda API's CreateFunction. */
export interface FunctionDefinition {
  /** 1 to 64 letters, digits, `-` and `_`. */
  readonly functionName: string;
  /** Absolute path of a built ES module that exports `handler`. */
  readonly file: string;
  /** Seconds, 1 to 900. */
  readonly timeout: number;
  /** MB, 128 to 10,240. */
  readonly memorySize: number;
  /** The function's own variables; Lambda's reserved ones win over them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An event-source mapping. Names and meanings as in the Lambda API's CreateEventSourceMapping. */
export interface MappingDefinition {
  readonly functionName: string;
  readonly streamName: string;
  /** Records of one invocation at most, 1 to 10,000. */
  readonly batchSize: number;
  /** Longest time to gather records, 0 to 300; at 0 a function is invoked as soon as there is anything. */
  readonly maximumBatchingWindowInSeconds: number;
  /** Where a mapping begins that has no position yet. */
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** With `ReportBatchItemFailures` the function's response says where a batch failed; else it is ignored. */
  readonly functionResponseTypes: readonly 'ReportBatchItemFailures'[];
  /** Retries of a failed batch before its records are given up, 0 to 10,000; -1: until the records expire. */
  readonly maximumRetryAttempts: number;
  /** Split a failed batch in two before it is sent again. */
  readonly bisectBatchOnFunctionError: boolean;
}

/** Why an invocation failed, in the shape in which Lambda answers it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How one invocation ended. */
export type Outcome =
  | {
      readonly kind: 'response';
      /** What the handler returned, as JSON. */ readonly payload: string;
    }
  | { readonly kind: 'error'; readonly error: FunctionError }
  /** The host is closing: the function was stopped, and nothing is known of the invocation. */
  | { readonly kind: 'stopped' };
