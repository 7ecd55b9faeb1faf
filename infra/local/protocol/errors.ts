/**
 * An answer other than success: the exception's name, as SDKs know it, and what a person reads.
 * Every protocol of AWS carries these, each in its own shape.
 */
export class ServiceError extends Error {
  /** `ResourceNotFoundException` */
  readonly type: string;
  /** HTTP status. */
  readonly status: number;

  /** @param status HTTP status, default 400 */
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = new.target.name;
    this.type = type;
    this.status = status;
  }
}
