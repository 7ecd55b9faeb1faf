import { checkTags, TAGGED, taggedFunction } from '../functions/tags.ts';
import { lambdaOperation } from '../operation.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export const tagResource = lambdaOperation(
  204,
  { ...TAGGED, Tags: { type: 'Map', required: true } },
  (input, { functions }) => {
    const { function: found } = functions.changeable(taggedFunction(input.Resource));
    const tags = new Map([...found.tags, ...Object.entries(input.Tags)]);
    checkTags([...tags]);
    functions.put({ ...found, tags: [...tags] });
    return undefined;
  },
);
