import type { Notification } from '../control/api.ts';
import type { TopicStore } from './topics.ts';

/** Parameters of a Query request by their flat names (`Attributes.entry.1.key`). Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export type Fields = URLSearchParams;

/** One operation: its validation and what it does. Answers the XML inside `<OperationResult>`; '' if it has no result. */
export type Operation = (fields: Fields, context: Context) => string;

interface Context {
  readonly topics: TopicStore;
  readonly publish: (notification: Notification) => void;
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
