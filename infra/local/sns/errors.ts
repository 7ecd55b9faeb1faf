import { ServiceError } from '../protocol/errors.ts';

/** A request at fault, in SNS's words. Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and each operation's page. */
export class SnsError extends ServiceError {
  /** @param code in the answer: `InvalidParameter`, `NotFound` */
  constructor(status: number, code: string, message: string) {
    super(code, message, status);
  }
}

export function invalidParameter(reason: string): SnsError {
  return new SnsError(400, 'InvalidParameter', `Invalid parameter: ${reason}`);
}

export function notFound(what: string): SnsError {
  return new SnsError(404, 'NotFound', `${what} does not exist`);
}
