/** What a search server answered. */
export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One request in plain HTTP, as anybody can send it: what is seen must not depend on a client's library. */
export type Ask = (method: string, path: string, body?: object | string) => Promise<Answered>;

/**
 * @param endpoint `http://127.0.0.1:9200`
 * @returns requests to it: an object is sent as JSON, text as lines of JSON
 */
export function asking(endpoint: string): Ask {
  return async (method, path, body) => {
    const lines = typeof body === 'string';
    const answer = await fetch(`${endpoint}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            body: lines ? body : JSON.stringify(body),
            headers: { 'content-type': lines ? 'application/x-ndjson' : 'application/json' },
          }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
}

/** Ids of what a search finds, in order of id. */
export async function found(ask: Ask, index: string, query: object): Promise<string[]> {
  const { status, body } = await ask('POST', `/${index}/_search`, { query, size: 1_000, _source: false });
  if (status !== 200) throw new Error(`${index}: ${JSON.stringify(body)}`);
  const { hits } = body.hits as { hits: readonly { _id: string }[] };
  return hits.map(({ _id }) => _id).sort();
}
