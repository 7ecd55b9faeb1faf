import type { ApiRequest, ApiResponse } from '../gateway/service.ts';

type Handle = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** Of BatchWriteItem a list per table; of BatchGetItem an object with a list of keys, and how to read them. */
type Items = Readonly<Record<string, readonly unknown[] | { readonly Keys: readonly unknown[] }>>;

/**
 * Takes items out of a batch before it is carried out, and tells of them as unprocessed, as DynamoDB does with what it
 * has no throughput for. A request of another shape is the service's to refuse.
 *
 * @param isLeft whether the next item is one of them
 */
export async function leaveUnprocessed(
  request: ApiRequest,
  handle: Handle,
  isLeft: () => boolean,
): Promise<ApiResponse> {
  const asked = JSON.parse(request.body.toString('utf8')) as { readonly RequestItems: Items };
  if (!Object.values(asked.RequestItems).every((each) => Array.isArray(listOf(each)))) return handle(request);
  const [kept, left] = split(asked.RequestItems, isLeft);
  const name = request.operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
  const answered =
    Object.keys(kept).length === 0
      ? { status: 200, headers: { 'Content-Type': 'application/x-amz-json-1.0' }, body: '{}' }
      : await handle({ ...request, body: Buffer.from(JSON.stringify({ ...asked, RequestItems: kept })) });
  if (answered.status !== 200 || Object.keys(left).length === 0) return answered;
  const result = JSON.parse(String(answered.body)) as Record<string, unknown>;
  const none = request.operation === 'BatchGetItem' ? { Responses: {} } : {};
  return { ...answered, body: JSON.stringify({ ...none, ...result, [name]: left }) };
}

function split(items: Items, isLeft: () => boolean): [Record<string, unknown>, Record<string, unknown>] {
  const kept: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  for (const [table, each] of Object.entries(items)) {
    const out: unknown[] = [];
    const stays = listOf(each).filter((item) => {
      if (!isLeft()) return true;
      out.push(item);
      return false;
    });
    if (stays.length > 0) kept[table] = withList(each, stays);
    if (out.length > 0) left[table] = withList(each, out);
  }
  return [kept, left];
}

function listOf(each: Items[string]): readonly unknown[] {
  return 'Keys' in each ? each.Keys : each;
}

function withList(each: Items[string], list: readonly unknown[]): unknown {
  return 'Keys' in each ? { ...each, Keys: list } : list;
}
