import { TAGGED, taggedFunction } from '../functions/tags.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export const listTags = lambdaOperation(200, TAGGED, (input, { functions }) => {
  const found = functions.find(taggedFunction(input.Resource));
  return { Tags: found.kind === 'own' ? {} : Object.fromEntries(found.function.tags) };
});
