// Fails for everything.
export async function handler() {
  throw new Error('Not implemented');
}
