import type { Notification } from '../control/api.ts';
import type { TopicStore } from './topics.ts';

/** Parameters of a Query request by their flat names (`Attributes.entry.1.key`). Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export type Fields = URLSearchParams;

/** One operation: its validation and what it does. Answers the XML inside `<OperationResult>`; '' if it has no result. */
export type Operation = (fields: Fields, context: Context) => string;

export interface Context {
  readonly topics: TopicStore;
  readonly publish: (notification: Notification) => void;
}

/** A request at fault, in SNS's words. Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and each operation's page. */
export class SnsError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Code in the answer: `InvalidParameter`, `NotFound`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'SnsError';
    this.status = status;
    this.code = code;
  }
}

export function invalidParameter(reason: string): SnsError {
  return new SnsError(400, 'InvalidParameter', `Invalid parameter: ${reason}`);
}

/** A map in its flat form: `PREFIX.entry.N.key` and `PREFIX.entry.N.value`, N from 1. */
export function mapField(fields: Fields, prefix: string): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let n = 1; fields.has(`${prefix}.entry.${n}.key`); n++) {
    entries.push([
      fields.get(`${prefix}.entry.${n}.key`) ?? '',
      fields.get(`${prefix}.entry.${n}.value`) ?? '',
    ]);
  }
  return Object.fromEntries(entries);
}
