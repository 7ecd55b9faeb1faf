import { Readable } from 'node:stream';
import type { GetObjectCommand, GetObjectCommandOutput, PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchWriteCommand, type PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Fault, serviceError, underFault, type VirtualEffort } from '../fixture.ts';
import type { LineEntry } from '../objects/line-quarantine.ts';
import type { GetsObjects } from '../objects/object-body.ts';
import type { PutsObjects } from '../quarantine/to-bucket.ts';
import type { Item, WritesItems } from '../table-writer.ts';
import type { PutsItem } from './kept-summaries.ts';

/** What the loader's tests are made of: an object whose body breaks off, a table that is slow, and a bucket. */

/** Points of an item that no table here takes. */
export const UNWANTED = 13;

export interface TableOptions {
  readonly effort: VirtualEffort;
  readonly faults?: readonly Fault[];
  /** Event-loop turns before the nth request takes effect: it decides which of several comes first. */
  readonly delays?: readonly number[];
  readonly items?: readonly Item[];
}

const keyOf = ({ Name, StatusTime }: Item) => `${StatusTime} ${Name}`;

export function fakeTable({ effort, faults = [], delays = [], items: given = [] }: TableOptions) {
  const items = new Map<string, Item>(given.map((item) => [keyOf(item), item]));
  let requests = 0;
  let underWay = 0;
  let most = 0;
  const put = (item: Item, guarded: boolean) => {
    if (guarded && 'MinMagicPoints' in (items.get(keyOf(item)) ?? {})) {
      throw serviceError('ConditionalCheckFailedException', 400);
    }
    items.set(keyOf(item), item);
  };
  const send = async (
    command: BatchWriteCommand | PutCommand,
    { abortSignal }: { readonly abortSignal: AbortSignal },
  ): Promise<object> => {
    const nth = requests++;
    most = Math.max(most, ++underWay);
    for (let turns = (delays[nth % (delays.length || 1)] ?? 0) + 1; turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    underWay--;
    return underFault(faults[nth] ?? 'none', effort, abortSignal, (leave) => {
      const isBatch = command instanceof BatchWriteCommand;
      const puts = isBatch
        ? Object.values(command.input.RequestItems!)
            .flat()
            .map(({ PutRequest }) => PutRequest!.Item as Item)
        : [command.input.Item as Item];
      if (new Set(puts.map(keyOf)).size < puts.length) {
        throw serviceError('ValidationException', 400, 'Provided list of item keys contains duplicates');
      }
      if (puts.some((item) => item.HealthPoints === UNWANTED || item.MaxHealthPoints === UNWANTED)) {
        throw serviceError('ValidationException', 400, 'Number overflow, says the table');
      }
      if (!isBatch && leave > 0) throw serviceError('ThrottlingException', 400);
      for (const item of puts.slice(leave)) put(item, !isBatch);
      const left = puts.slice(0, leave).map((Item) => ({ PutRequest: { Item: { ...Item } } }));
      return { $metadata: {}, UnprocessedItems: left.length === 0 ? {} : { table: left } };
    });
  };
  return {
    items,
    client: { send } as unknown as WritesItems & PutsItem,
    requests: () => requests,
    mostUnderWay: () => most,
  };
}

/** What goes wrong with the nth answer's body: it breaks off or just ends, after so many bytes. */
export interface BodyFault {
  readonly after: number;
  readonly how: 'breaks' | 'ends';
}

export interface ObjectOptions {
  readonly content: Buffer;
  readonly etag?: string;
  readonly contentEncoding?: string;
  readonly versionId?: string;
  /** Lengths of the pieces, again and again. */
  readonly pieces?: readonly number[];
  readonly faults?: readonly BodyFault[];
  /** Request, from 0, before which another object takes its place; default: none does. */
  readonly replacedBefore?: number;
}

/** One object, in a bucket of its own. It can be replaced by another. */
export function fakeObject(options: ObjectOptions) {
  const { versionId, pieces = [64 * 1024], faults = [] } = options;
  let { content, etag = 'e1' } = options;
  let isThere = true;
  const asked: GetObjectCommand['input'][] = [];
  const client: GetsObjects = {
    async send({ input }): Promise<GetObjectCommandOutput> {
      const fault = faults[asked.length];
      if (asked.length === options.replacedBefore) etag = `after ${etag}`;
      asked.push(input);
      if (!isThere) throw serviceError('NoSuchKey', 404, 'The specified key does not exist.');
      if (input.IfMatch !== undefined && input.IfMatch !== `"${etag}"`) {
        throw serviceError('PreconditionFailed', 412);
      }
      const from = Number(/^bytes=(\d+)-$/.exec(input.Range ?? '')?.[1] ?? 0);
      const whole = content;
      return {
        $metadata: {},
        ETag: `"${etag}"`,
        ContentLength: whole.length - from,
        ...(input.Range === undefined
          ? {}
          : { ContentRange: `bytes ${from}-${whole.length - 1}/${whole.length}` }),
        ...(versionId === undefined ? {} : { VersionId: versionId }),
        ...(options.contentEncoding === undefined ? {} : { ContentEncoding: options.contentEncoding }),
        Body: Readable.from(bodyOf(whole.subarray(from), pieces, fault)) as unknown as NonNullable<
          GetObjectCommandOutput['Body']
        >,
      };
    },
  };
  return {
    client,
    asked,
    replace(by: Buffer, itsEtag: string) {
      content = by;
      etag = itsEtag;
    },
    remove() {
      isThere = false;
    },
  };
}

async function* bodyOf(
  content: Buffer,
  pieces: readonly number[],
  fault: BodyFault | undefined,
): AsyncGenerator<Buffer> {
  const isWhole = fault === undefined || fault.after >= content.length;
  const end = isWhole ? content.length : fault.after;
  for (let at = 0, nth = 0; at < end; nth++) {
    const to = Math.min(at + pieces[nth % pieces.length]!, end);
    yield content.subarray(at, to);
    at = to;
  }
  if (!isWhole && fault.how === 'breaks') throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/** A bucket that keeps what is put into it, under faults. */
export function fakeBucket(effort: VirtualEffort, faults: readonly Fault[] = []) {
  const objects = new Map<string, string>();
  let requests = 0;
  const client: PutsObjects = {
    async send({ input }: PutObjectCommand, { abortSignal }) {
      return underFault(faults[requests++] ?? 'none', effort, abortSignal, (leave) => {
        if (leave > 0) throw serviceError('SlowDown', 503);
        objects.set(input.Key!, String(input.Body));
        return { $metadata: {} };
      });
    },
  };
  const entries = () =>
    [...objects.keys()].sort().flatMap((key) =>
      objects
        .get(key)!
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as LineEntry),
    );
  return { client, objects, entries, requests: () => requests };
}
