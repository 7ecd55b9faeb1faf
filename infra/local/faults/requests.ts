import { setTimeout as pause } from 'node:timers/promises';
import { refuse } from '../gateway/refusal.ts';
import { type ApiRequest, type ApiResponse, type Service, Unanswered } from '../gateway/service.ts';
import type { FaultKind } from './fault.ts';
import type { Faults } from './faults.ts';
import { leaveUnprocessed } from './unprocessed.ts';

type Handle = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** What a fault does to one request, with the service's own way to handle it. */
type Way = (request: ApiRequest, handle: Handle) => ApiResponse | Promise<ApiResponse>;

/** The kinds of faults that happen to requests on their way, and to which of them. */
interface RequestFault {
  readonly kind: FaultKind;
  /** Whether any request to this service can be meant. */
  readonly concerns: (service: Service) => boolean;
  /** Targets that a request names; the fault happens to a request that names its own. */
  readonly targets: (request: ApiRequest, names: Names, service: Service) => readonly string[];
  readonly happen: (delay: number | undefined, share: () => boolean, service: Service) => Way;
  /** True when the share is of something in the request, and counted there. */
  readonly within?: true;
  /** True when it goes by what stands before a request's body: then it happens to those too whose body a service reads itself. */
  readonly head?: true;
}

/** How names are found that a request tells in a service's own code. */
export interface Names {
  /** The stream of a shard iterator. */
  readonly streamOfIterator: (iterator: string) => string | undefined;
}

const is = (signingName: string) => (service: Service) => service.signingName === signingName;
const everyService = () => true;

/** In the order in which they stand in one another's way: the first is asked first. */
const REQUEST_FAULTS: readonly RequestFault[] = [
  {
    kind: 'delay-stream',
    concerns: is('kinesis'),
    targets: streamsIn,
    happen:
      (delay = 1_000) =>
      async (request, handle) => {
        await pause(delay);
        return handle(request);
      },
  },
  {
    kind: 'expire-iterators',
    concerns: is('kinesis'),
    targets: (request, names) => (request.operation === 'GetRecords' ? streamsIn(request, names) : []),
    happen: () => (request) =>
      refusal(
        request,
        'kinesis',
        400,
        'ExpiredIteratorException',
        'Iterator expired (a fault that was asked for).',
      ),
  },
  {
    kind: 'throttle-table',
    concerns: is('dynamodb'),
    targets: tablesIn,
    happen: () => (request) =>
      refusal(
        request,
        'dynamodb',
        400,
        'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded (a fault that was asked for).',
      ),
  },
  {
    kind: 'leave-unprocessed',
    concerns: is('dynamodb'),
    targets: (request) => (/^Batch(Write|Get)Item$/.test(request.operation) ? tablesIn(request) : []),
    happen: (_, share) => (request, handle) => leaveUnprocessed(request, handle, share),
    within: true,
  },
  {
    kind: 'fail-publish',
    concerns: is('sns'),
    targets: (request) => (/^Publish(Batch)?$/.test(request.operation) ? topicsIn(request) : []),
    happen: () => (request) =>
      refusal(
        request,
        'sns',
        500,
        'InternalError',
        'The message was not published (a fault that was asked for).',
      ),
  },
  {
    kind: 'fail-after',
    concerns: everyService,
    targets: operationIn,
    head: true,
    happen: (_delay, _share, service) => async (request, handle) => {
      await handle(request);
      return refusal(
        request,
        service.signingName,
        500,
        'InternalFailure',
        'This was done, and its answer replaced by this one (a fault that was asked for).',
      );
    },
  },
  {
    kind: 'lose-answer',
    concerns: everyService,
    targets: operationIn,
    head: true,
    happen:
      (delay = 0) =>
      async (request, handle) => {
        await handle(request);
        // Clients that wait no longer than they said find out what they do then.
        if (delay > 0) await pause(delay);
        throw new Unanswered();
      },
  },
];

/**
 * Puts the faults that are on in the way of the services' requests, and takes them out again: a service without any
 * has its own `handle`, and nothing else.
 *
 * @returns what to call whenever faults were added or ended
 */
export function requestFaults(services: readonly Service[], faults: Faults, names: Names): () => void {
  const own = services.map((service) => ({
    service,
    handle: service.handle.bind(service),
    receive: service.receive?.bind(service),
  }));
  return () => {
    for (const { service, handle, receive } of own) {
      const concerned = REQUEST_FAULTS.filter(
        ({ kind, concerns }) => concerns(service) && faults.any([kind]),
      );
      const inTheWayOf = (last: Handle, those: readonly RequestFault[]) =>
        those.reduceRight<Handle>(
          (inner, each) => (request) => actOn(each, request, inner, faults, names, service),
          last,
        );
      const open = service as { handle: Handle; receive?: Service['receive'] };
      open.handle = inTheWayOf(handle, concerned);
      if (receive === undefined || service.nameOperation === undefined) continue;
      const byHead = concerned.filter(({ head }) => head);
      open.receive =
        byHead.length === 0
          ? receive
          : async (head, body) =>
              inTheWayOf(async () => (await receive(head, body))!, byHead)({ ...head, body: NO_BODY });
    }
  };
}

function actOn(
  { kind, targets, happen, within }: RequestFault,
  request: ApiRequest,
  inner: Handle,
  faults: Faults,
  names: Names,
  service: Service,
): ApiResponse | Promise<ApiResponse> {
  for (const target of targets(request, names, service)) {
    const fault = faults.find(kind, target);
    if (fault !== undefined && (within || fault.happens())) {
      return happen(fault.request.delay, () => fault.happens(), service)(request, inner);
    }
  }
  return inner(request);
}

function refusal(
  request: ApiRequest,
  signingName: string,
  status: number,
  code: string,
  message: string,
): ApiResponse {
  return refuse({ status, code, message }, request.headers, signingName, crypto.randomUUID());
}

const NO_BODY = Buffer.alloc(0);

function operationIn(request: ApiRequest, _: Names, service: Service): readonly string[] {
  return [service.nameOperation?.(request) ?? request.operation];
}

interface Named {
  readonly StreamName?: unknown;
  readonly StreamARN?: unknown;
  readonly ShardIterator?: unknown;
  readonly TableName?: unknown;
  readonly RequestItems?: unknown;
}

function streamsIn(request: ApiRequest, { streamOfIterator }: Names): readonly string[] {
  const { StreamName, StreamARN, ShardIterator } = bodyOf(request);
  const names = [StreamName];
  if (typeof StreamARN === 'string') names.push(StreamARN.split('/')[1]);
  if (typeof ShardIterator === 'string') names.push(streamOfIterator(ShardIterator));
  return names.filter((name) => typeof name === 'string');
}

function tablesIn(request: ApiRequest): readonly string[] {
  const { TableName, RequestItems } = bodyOf(request);
  const batch = typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : [];
  return typeof TableName === 'string' ? [TableName, ...batch] : batch;
}

function topicsIn({ body }: ApiRequest): readonly string[] {
  const arn = new URLSearchParams(body.toString('utf8')).get('TopicArn') ?? '';
  return [arn.split(':').at(-1)!];
}

/** What is no JSON object names nothing, and the service says what is wrong with it. */
function bodyOf({ body }: ApiRequest): Named {
  try {
    return Object(JSON.parse(body.toString('utf8'))) as Named;
  } catch {
    return {};
  }
}
