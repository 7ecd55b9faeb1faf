/** A request at fault, in SNS's words. Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and each operation's page. */
export class SnsError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Code in the answer: `InvalidParameter`, `NotFound`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'SnsError';
    this.status = status;
    this.code = code;
  }
}

export function invalidParameter(reason: string): SnsError {
  return new SnsError(400, 'InvalidParameter', `Invalid parameter: ${reason}`);
}
