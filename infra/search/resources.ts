/**
 * Has a search cluster know how to index what the kit's functions send it, before the first of them does.
 *
 * @param endpoint its URL, with user and password if it has them
 */
export async function prepareSearch(_endpoint: string): Promise<void> {}
