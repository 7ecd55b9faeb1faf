import type { IncomingHttpHeaders } from 'node:http';
import { isForm } from './routing.ts';
import type { ApiResponse } from './service.ts';

/** An answer in one piece. */
interface WholeResponse extends ApiResponse {
  readonly body: string;
}

/** Why a request is not served, in AWS's terms. */
export interface Refusal {
  readonly status: number;
  /** Name of the exception: `UnknownOperationException`. */
  readonly code: string;
  readonly message: string;
}

/**
 * A refusal in the error shape of the protocol that the client speaks, so that every SDK makes it an exception
 * with this code and message.
 * Sources: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization,
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function refuse(
  refusal: Refusal,
  headers: IncomingHttpHeaders,
  signingName: string,
  requestId: string,
): WholeResponse {
  if (isForm(headers)) return inQueryShape(refusal, requestId);
  if (signingName === 's3') return inS3Shape(refusal, requestId);
  return inJsonShape(refusal, headers['content-type']);
}

function inJsonShape({ status, code, message }: Refusal, asked: string | undefined): WholeResponse {
  const type = asked?.startsWith('application/x-amz-json') ? asked : 'application/json';
  return {
    status,
    headers: { 'Content-Type': type, 'x-amzn-ErrorType': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function inQueryShape({ status, code, message }: Refusal, requestId: string): WholeResponse {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return {
    status,
    headers: { 'Content-Type': 'text/xml' },
    body:
      `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}

function inS3Shape({ status, code, message }: Refusal, requestId: string): WholeResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body: `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
  };
}

/** Text as XML character data. Characters that XML 1.0 cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => XML_ESCAPES[character as keyof typeof XML_ESCAPES]);
}

const XML_ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' } as const;
