import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DocumentStore, type IndexTemplate, type Outcome, type Versioning } from './document-store.ts';
import { matchesQuery } from './query.ts';

/**
 * What may go wrong with one request. `dropped`: it had no effect and gets no answer; `lost`: it took effect, its answer
 * got lost; `partial`: the first operation is refused for now; `short`: the answer tells of one operation too few;
 * `garbled`: the answer is no JSON.
 */
export const SEARCH_FAULTS = [
  'none',
  'throttled',
  'broken',
  'dropped',
  'lost',
  'partial',
  'short',
  'garbled',
] as const;
export type SearchFault = (typeof SEARCH_FAULTS)[number];

/** A double of OpenSearch's HTTP, as far as the functions use it. `conformance.ts` holds it against the real one. */
export interface SearchDouble {
  readonly endpoint: string;
  readonly store: DocumentStore;
  /** Every request so far: method and path, without the query. */
  readonly requests: {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly operations: number;
  }[];
  /** Of the next _bulk requests, one each; then none. */
  readonly faults: SearchFault[];
  close(): Promise<void>;
}

export async function startSearchDouble(): Promise<SearchDouble> {
  const store = new DocumentStore();
  const requests: SearchDouble['requests'] = [];
  const faults: SearchFault[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      send(response, 500, { error: { type: 'exception', reason: String(error) }, status: 500 });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://search');
    const body = await text(request);
    const bulk = url.pathname.endsWith('/_bulk');
    const operations = bulk
      ? body.split('\n').filter((line) => /^\{"(?:index|delete)":/.test(line)).length
      : 0;
    const { authorization } = request.headers;
    requests.push({ line: `${request.method} ${url.pathname}`, authorization, operations });
    const fault = bulk ? (faults.shift() ?? 'none') : 'none';
    if (fault === 'dropped') return void request.socket.destroy();
    if (fault === 'throttled') return send(response, 429, refusal('circuit_breaking_exception', 429));
    if (fault === 'broken') return send(response, 503, refusal('unavailable', 503));
    const { status, content } = respond(store, request.method ?? 'GET', url, body, fault === 'partial');
    if (fault === 'lost') return void request.socket.destroy();
    if (fault === 'short') {
      const { items } = content as { items: unknown[] };
      return send(response, status, { ...(content as object), items: items.slice(1) });
    }
    if (fault === 'garbled') {
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end('{"took":1,"items":[');
    }
    send(response, status, content);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    requests,
    faults,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly content: unknown;
}

function respond(store: DocumentStore, method: string, url: URL, body: string, partial: boolean): Answer {
  const [first = '', second = '', third = ''] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  if (first === '_bulk') return bulk(store, body, partial);
  if (first === '_index_template') return template(store, method, second, body);
  if (first === '')
    return { status: 200, content: { version: { distribution: 'opensearch', number: '2.19.0' } } };
  if (second === '_doc') return getDocument(store, first, third);
  if (method === 'DELETE') {
    store.indices.delete(first);
    return { status: 200, content: { acknowledged: true } };
  }
  if (!store.indices.has(first)) {
    const allowed = url.searchParams.get('ignore_unavailable') === 'true';
    if (!allowed) return { status: 404, content: refusal('index_not_found_exception', 404) };
  }
  if (second === '_refresh') return { status: 200, content: { _shards: { failed: 0 } } };
  const { query } = (body === '' ? {} : JSON.parse(body)) as { query?: object };
  const found = [...store.documents(first)].filter(([id, source]) => matchesQuery(query, id, source));
  if (second === '_search') {
    const hits = found.map(([_id, _source]) => ({ _index: first, _id, _source }));
    return { status: 200, content: { hits: { total: { value: hits.length, relation: 'eq' }, hits } } };
  }
  if (second === '_delete_by_query') {
    for (const [id] of found) store.delete(first, id, { type: 'internal', version: undefined });
    return {
      status: 200,
      content: { deleted: found.length, total: found.length, version_conflicts: 0, failures: [] },
    };
  }
  return { status: 405, content: refusal('no such operation in the double', 405) };
}

function getDocument(store: DocumentStore, index: string, id: string): Answer {
  const entry = store.indices.get(index)?.get(id);
  if (entry?.source === undefined) return { status: 404, content: { _index: index, _id: id, found: false } };
  const content = {
    _index: index,
    _id: id,
    _version: Number(entry.version),
    found: true,
    _source: entry.source,
  };
  return { status: 200, content };
}

function template(store: DocumentStore, method: string, name: string, body: string): Answer {
  if (method === 'DELETE') {
    const there = store.templates.delete(name);
    return there
      ? { status: 200, content: { acknowledged: true } }
      : { status: 404, content: refusal('index_template_missing_exception', 404) };
  }
  const asked = JSON.parse(body) as IndexTemplate;
  if (store.rivalOf(name, asked) !== undefined) {
    return { status: 400, content: refusal('illegal_argument_exception', 400) };
  }
  store.templates.set(name, asked);
  return { status: 200, content: { acknowledged: true } };
}

interface Action {
  readonly _index: string;
  readonly _id: string;
  readonly version_type?: Versioning['type'];
}

function bulk(store: DocumentStore, body: string, partial: boolean): Answer {
  if (!body.endsWith('\n')) return { status: 400, content: refusal('illegal_argument_exception', 400) };
  const lines = body.slice(0, -1).split('\n');
  const parsed: {
    action: 'index' | 'delete';
    target: Action;
    version: bigint | undefined;
    source?: string;
  }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [entry] = Object.entries(JSON.parse(line) as Record<string, Action>);
    const [action, target] = entry ?? [];
    if ((action !== 'index' && action !== 'delete') || target === undefined) {
      return { status: 400, content: refusal('illegal_argument_exception', 400) };
    }
    // JSON.parse would round it.
    const digits = /"version":(\d+)/.exec(line)?.[1];
    const version = digits === undefined ? undefined : BigInt(digits);
    parsed.push({ action, target, version, ...(action === 'index' ? { source: lines[++at] ?? '' } : {}) });
  }
  for (const { target } of parsed) {
    const bytes = Buffer.byteLength(target._id);
    if (bytes === 0 || bytes > 512)
      return { status: 400, content: refusal('illegal_argument_exception', 400) };
  }
  const items = parsed.map(({ action, target, version, source }, at) => {
    const { _index, _id, version_type: type = 'internal' } = target;
    const outcome =
      partial && at === 0 ? THROTTLED : carryOut(store, { action, _index, _id, source }, { type, version });
    const { version: reached, ...rest } = outcome;
    return {
      [action]: { _index, _id, ...(reached === undefined ? {} : { _version: Number(reached) }), ...rest },
    };
  });
  const errors = items.some((item) => Object.values(item).some((outcome) => outcome.error !== undefined));
  return { status: 200, content: { took: 1, errors, items } };
}

function carryOut(
  store: DocumentStore,
  {
    action,
    _index,
    _id,
    source,
  }: { action: string; _index: string; _id: string; source: string | undefined },
  versioning: Versioning,
): Outcome {
  if (action === 'delete') return store.delete(_index, _id, versioning);
  let document: unknown;
  try {
    document = JSON.parse(source ?? '');
  } catch {
    return { status: 400, error: { type: 'mapper_parsing_exception', reason: 'failed to parse' } };
  }
  return store.index(_index, _id, document, versioning);
}

const THROTTLED: Outcome = {
  status: 429,
  error: { type: 'rejected_execution_exception', reason: 'rejected execution of primary operation' },
};

function refusal(type: string, status: number): object {
  return { error: { root_cause: [{ type, reason: type }], type, reason: type }, status };
}

function send(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(content));
}
