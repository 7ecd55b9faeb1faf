import type { Runtime } from '../definitions.ts';

/** One version of an uploaded function, as it is kept. Names and units as in the Lambda API's FunctionConfiguration. */
export interface FunctionRecord {
  readonly functionName: string;
  /** `$LATEST`, or a number. */
  readonly version: string;
  readonly runtime: Runtime;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memorySize: number;
  /** Null: the function has none, and answers say none. */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly architectures: readonly string[];
  /** MB of /tmp. */
  readonly ephemeralStorage: number;
  readonly tracingMode: string;
  readonly vpcConfig: {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
  } | null;
  readonly kmsKeyArn: string | null;
  readonly logGroup: string;
  /** SHA-256 of the archive, base64. */
  readonly codeSha256: string;
  /** Bytes of the archive. */
  readonly codeSize: number;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Another at every change. */
  readonly revisionId: string;
}

/** A resource-based policy: who may invoke the function. Kept and told, never enforced. */
export interface FunctionPolicy {
  readonly revisionId: string;
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: unknown;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: unknown;
}

/** An uploaded function with all that belongs to it. */
export interface StoredFunction {
  readonly latest: FunctionRecord;
  /** Published ones, in order. */
  readonly versions: readonly FunctionRecord[];
  /** Number of the version published last, 0 for none: one that was deleted does not come again. */
  readonly lastVersion: number;
  readonly tags: readonly (readonly [string, string])[];
  /** By qualifier, `$LATEST` for the function itself. */
  readonly policies: readonly (readonly [string, FunctionPolicy])[];
  /** Null: none is reserved. */
  readonly reservedConcurrency: number | null;
}
