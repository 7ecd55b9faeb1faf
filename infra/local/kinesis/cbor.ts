import type { ApiRequest, ApiResponse } from '../gateway/service.ts';
import { decodeCbor, encodeCbor, type JsonValue, type Meaning } from './cbor-codec.ts';
import type { Payloads } from './consumers/event-stream.ts';

/** What the AWS SDK for Java speaks to Kinesis unless told otherwise. */
const CONTENT_TYPE = 'application/x-amz-cbor-1.1';

/** Members of answers that JSON has other words for. Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Types.html */
const MEANING: Meaning = {
  isBytes: (name) => name === 'Data',
  isTime: (name) => /(?:Timestamp|edAt|AllowedEndAt)$/.test(name),
};

/** How events are written to a client that speaks CBOR. */
export const CBOR_PAYLOADS: Payloads = { contentType: CONTENT_TYPE, encode: fromJson };

export function speaksCbor({ headers }: Pick<ApiRequest, 'headers'>): boolean {
  return headers['content-type']?.startsWith(CONTENT_TYPE) ?? false;
}

type Handle = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** Answers a request in CBOR by what `handle` answers to the same in JSON. */
export function answerCbor(request: ApiRequest, handle: Handle): ApiResponse | Promise<ApiResponse> {
  const answer = handle({ ...request, body: Buffer.from(toJson(request.body), 'utf8') });
  return answer instanceof Promise ? answer.then(inCbor) : inCbor(answer);
}

/** Events are in CBOR already. */
function inCbor(answer: ApiResponse): ApiResponse {
  if (typeof answer.body !== 'string') return answer;
  const body = answer.body === '' ? '' : fromJson(answer.body);
  return { ...answer, headers: { ...answer.headers, 'content-type': CONTENT_TYPE }, body };
}

/** '' for what is no CBOR: it is then refused as what is no JSON is. */
function toJson(bytes: Buffer): string {
  try {
    return JSON.stringify(decodeCbor(bytes));
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

function fromJson(json: string): Uint8Array {
  return encodeCbor(JSON.parse(json) as JsonValue, MEANING);
}
