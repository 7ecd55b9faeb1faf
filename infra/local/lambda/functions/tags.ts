import { invalidParameter } from '../errors.ts';
import { parseFunctionName } from './function-name.ts';

/** What the operations on tags name: a function's ARN. */
export const TAGGED = { Resource: { type: 'String', required: true, min: 1, max: 256 } } as const;

/** @throws LambdaError InvalidParameterValueException when it is no function's ARN */
export function taggedFunction(arn: string): string {
  const parsed = arn.startsWith('arn:') ? parseFunctionName(arn) : undefined;
  if (parsed !== undefined && parsed.qualifier === null) return parsed.name;
  throw invalidParameter(
    `Tags can be only on functions, named by their ARN without a version (given ${arn})`,
  );
}

/** Tags that a function may have. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
const MOST_TAGS = 50;

/** @throws LambdaError InvalidParameterValueException */
export function checkTags(tags: readonly (readonly [string, string])[]): void {
  if (tags.length > MOST_TAGS) {
    throw invalidParameter(`A function may have ${MOST_TAGS} tags (given ${tags.length})`);
  }
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128 || key.startsWith('aws:') || value.length > 256) {
      throw invalidParameter(
        `A tag must have a key of 1 to 128 characters, not starting with aws:, and a value of up to 256 (given ${JSON.stringify(key)})`,
      );
    }
  }
}
