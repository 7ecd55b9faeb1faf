/** Names of the errors by which the services say that something does not exist. */
const MISSING = new Set([
  'ResourceNotFoundException',
  'NoSuchEntityException',
  'NoSuchEntity',
  'NotFoundException',
  'NotFound',
  'NoSuchBucket',
]);

/** What was asked for, or undefined when the service says that it does not exist. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (MISSING.has((error as Error).name)) return undefined;
    throw error;
  }
}
