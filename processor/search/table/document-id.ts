import { hash } from 'node:crypto';
import { type AttributeValue, canonicalNumber, textOf } from './attribute-value.ts';

/** Bytes of a document's id. Source: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/ */
const LONGEST_ID = 512;

/**
 * The id of an item's document: the JSON text of its keys' values with their types, in the order of the key schema,
 * such as `[{"S":"Rocinante"},{"S":"2026-01-31 12:00:00.000"}]`, so that no two keys share one. Of a longer one
 * `sha256:` and its SHA-256.
 *
 * @param keyNames the partition key first
 * @returns undefined when a key is missing, or of a type that no key has
 */
export function documentId(
  keys: Readonly<Record<string, AttributeValue>>,
  keyNames: readonly string[],
): string | undefined {
  const values: { readonly [type: string]: string }[] = [];
  for (const name of keyNames) {
    const value = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (value?.S !== undefined) values.push({ S: value.S });
    else if (value?.N !== undefined) values.push({ N: canonicalNumber(value.N) });
    else if (value?.B !== undefined) values.push({ B: textOf(value.B) });
    else return undefined;
  }
  const id = JSON.stringify(values);
  return Buffer.byteLength(id) <= LONGEST_ID ? id : `sha256:${hash('sha256', id)}`;
}
