/** A subscriber that did not take a message. */
export class DeliveryFailure extends Error {
  /** Whether trying again is no use. */
  readonly permanent: boolean;

  constructor(reason: string, permanent: boolean) {
    super(reason);
    this.name = 'DeliveryFailure';
    this.permanent = permanent;
  }
}
