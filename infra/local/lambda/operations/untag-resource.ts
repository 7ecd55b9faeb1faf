import { TAGGED, taggedFunction } from '../functions/tags.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export const untagResource = lambdaOperation(
  204,
  { ...TAGGED, TagKeys: { type: 'List', required: true, each: { type: 'String' } } },
  (input, { functions }) => {
    const { function: found } = functions.changeable(taggedFunction(input.Resource));
    functions.put({ ...found, tags: found.tags.filter(([key]) => !input.TagKeys.includes(key)) });
    return undefined;
  },
);
