import { chunksWithin, inLanes } from '../lanes.ts';
import { describeError, type Effort, isTransient, resend } from '../resend.ts';
import { HANDLED, type Verdict } from '../settle.ts';
import { reasonIn, type SearchClient, SearchError } from './client.ts';
import type { Refresh } from './settings.ts';

/** What one request takes: more is no faster, and a domain may refuse 10 MiB. */
const REQUEST = { items: 500, bytes: 5_000_000 } as const;

/** Requests under way at a time. */
const REQUESTS_AT_A_TIME = 4;

/** Puts a document under its id in an index, or deletes what is there. */
export interface Operation {
  readonly index: string;
  /** 1 to 512 bytes. */
  readonly id: string;
  /** Nothing of a higher version is touched. */
  readonly version: bigint;
  /** JSON text of an object, in one line; absent: the document is to be deleted. */
  readonly document?: string;
}

/** Carries out operations, and tells of each what became of it, in their order. Never rejects. */
export type WriteDocuments = (operations: readonly Operation[], effort: Effort) => Promise<Verdict[]>;

/** Operations on one document, in the order in which they are to stand: the last one is sent. */
interface SameDocument {
  readonly places: number[];
}

interface Line {
  readonly place: number;
  readonly text: string;
  readonly bytes: number;
}

/**
 * An index, as its writer sees it: _bulk requests with external versions. Doing it again comes to the same.
 *
 * - Of several operations on one document only the one of the highest version is sent, of equal ones the last. If the
 *   cluster refuses it, the one before it stands, as if they had come one at a time.
 * - A document that is newer already, and one to be deleted that is not there, are fine as they are.
 * - What is refused for now (429, 5xx) is sent again, and nothing else. An answer that does not tell of every item
 *   tells of none.
 * - A document that the cluster can never take (400 and the like) is refused. Where it takes none, for a missing
 *   permission, a block or a missing index, documents wait, failed.
 */
export function createDocumentWriter(options: {
  readonly client: SearchClient;
  readonly refresh: Refresh;
}): WriteDocuments {
  const { client, refresh } = options;
  return async (operations, effort) => {
    const verdicts = new Array<Verdict>(operations.length).fill(HANDLED);
    const documents = byDocument(operations);
    let round = documents.filter(({ places }) => places.length > 0);
    while (round.length > 0) {
      const lines = round.map(({ places }) => lineOf(operations[places.at(-1)!]!, places.at(-1)!));
      const written = await inLanes(chunksWithin(lines, REQUEST), REQUESTS_AT_A_TIME, (chunk) =>
        writeChunk(chunk, effort),
      );
      const told = written.flat();
      const again: SameDocument[] = [];
      for (const [at, document] of round.entries()) {
        const verdict = told[at]!;
        verdicts[document.places.at(-1)!] = verdict;
        // Earlier ones would have been overwritten, and need not be written; but they come again with a failed one.
        if (verdict.outcome === 'failed') for (const place of document.places) verdicts[place] = verdict;
        if (verdict.outcome === 'refused' && document.places.length > 1) {
          again.push({ places: document.places.slice(0, -1) });
        }
      }
      round = again;
    }
    return verdicts;
  };

  async function writeChunk(chunk: readonly Line[], effort: Effort): Promise<Verdict[]> {
    const verdicts = new Map<Line, Verdict>();
    const reasons = new Map<Line, string>();
    const { items: left, error } = await resend(effort, chunk, async (lines, abortSignal) => {
      const answer = await client.send(
        {
          method: 'POST',
          path: '/_bulk',
          ...(refresh === 'false' ? {} : { query: { refresh } }),
          body: { lines: lines.map(({ text }) => text).join('') },
        },
        { abortSignal },
      );
      const items = outcomesIn(answer, lines.length);
      return lines.filter((line, at) => {
        const verdict = judge(items[at]!);
        if (verdict === 'again') reasons.set(line, items[at]!.reason);
        else verdicts.set(line, verdict);
        return verdict === 'again';
      });
    });
    if (left.length > 1 && refusesTheRequest(error)) {
      // Which of them it was is found by halves.
      const middle = Math.ceil(left.length / 2);
      for (const half of [left.slice(0, middle), left.slice(middle)]) {
        const told = await writeChunk(half, effort);
        for (const [at, line] of half.entries()) verdicts.set(line, told[at]!);
      }
    } else if (left[0] !== undefined && refusesTheRequest(error)) {
      const refusal = `the search cluster refused it: ${describeError(error)}`;
      verdicts.set(left[0], { outcome: 'refused', reason: refusal });
    }
    const reason = `not indexed: ${describeError(error)}`;
    return chunk.map((line) => {
      const last = reasons.get(line);
      return (
        verdicts.get(line) ?? {
          outcome: 'failed',
          reason: last === undefined ? reason : `${reason} (${last})`,
        }
      );
    });
  }
}

function byDocument(operations: readonly Operation[]): SameDocument[] {
  const documents = new Map<string, SameDocument>();
  for (const [place, { index, id }] of operations.entries()) {
    const key = `${index}/${id}`; // no index has a slash in its name
    const same = documents.get(key);
    if (same === undefined) documents.set(key, { places: [place] });
    else same.places.push(place);
  }
  for (const { places } of documents.values()) {
    // Stable: equal versions stay in their order.
    places.sort((a, b) => {
      const difference = operations[a]!.version - operations[b]!.version;
      return difference === 0n ? a - b : difference < 0n ? -1 : 1;
    });
  }
  return [...documents.values()];
}

function lineOf({ index, id, version, document }: Operation, place: number): Line {
  const target = `{"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
  const action = `${target},"version":${version},"version_type":"external_gte"}`;
  const text = document === undefined ? `{"delete":${action}}\n` : `{"index":${action}}\n${document}\n`;
  return { place, text, bytes: Buffer.byteLength(text) };
}

/** What an answer tells of one operation. */
interface ItemOutcome {
  readonly action: string;
  readonly status: number;
  readonly reason: string;
}

/**
 * What an answer tells of each operation, in their order.
 * Source: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 *
 * @throws Error, of the kind that another attempt may cure, when it does not tell of all of them
 */
function outcomesIn(answer: unknown, operations: number): ItemOutcome[] {
  const items = (answer as { items?: unknown } | null | undefined)?.items;
  if (!Array.isArray(items) || items.length !== operations) {
    const told = Array.isArray(items) ? items.length : 'nothing';
    throw new Error(`the answer must tell of ${operations} operations (given ${told})`);
  }
  return items.map((item: unknown) => {
    const [action = '', outcome] = Object.entries((item ?? {}) as Record<string, unknown>)[0] ?? [];
    const { status, error } = (outcome ?? {}) as { status?: unknown; error?: unknown };
    if (typeof status !== 'number') throw new Error('the answer must tell the status of every operation');
    return { action, status, reason: `status ${status}: ${reasonIn(error)}` };
  });
}

function judge({ action, status, reason }: ItemOutcome): Verdict | 'again' {
  if (status >= 200 && status < 300) return HANDLED;
  if (status === 409) return HANDLED; // newer already
  if (status === 404 && action === 'delete') return HANDLED;
  if (status === 429 || status >= 500) return 'again';
  if (isOfTheCluster(status)) return { outcome: 'failed', reason: `not indexed: ${reason}` };
  return { outcome: 'refused', reason: `the search cluster refused it: ${reason}` };
}

/** No fault of the document: it may not be written now, whatever is in it. */
function isOfTheCluster(status: number): boolean {
  return status < 400 || status === 401 || status === 403 || status === 404 || status === 408;
}

/** A whole request may be refused for one operation in it: an id that is too long, or more bytes than are taken. */
function refusesTheRequest(error: unknown): boolean {
  return error instanceof SearchError && !isTransient(error) && !isOfTheCluster(error.status);
}
