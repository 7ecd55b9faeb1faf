import type { Workbench } from '../workbench.ts';

/**
 * Does something, and tidies up after it, whatever came of it. What went wrong first is what is thrown.
 *
 * @param tidy is given a workbench that still waits when the asker has left
 */
export async function tidily<T>(
  at: Workbench,
  use: () => Promise<T>,
  tidy: (at: Workbench) => Promise<unknown>,
): Promise<T> {
  const patient = { ...at, signal: new AbortController().signal };
  let result: T;
  try {
    result = await use();
  } catch (error) {
    await tidy(patient).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  await tidy(patient);
  return result;
}
