import { createInterface } from 'node:readline/promises';

/** Where a person is asked. */
export interface Dialogue {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** @returns whether the answer is yes; Ctrl-C, Ctrl-D and an input that ends are none */
export async function saysYes(question: string, { input, output }: Dialogue): Promise<boolean> {
  const terminal = createInterface({ input, output });
  const left = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    // A question is given up by Ctrl-C with an error, and by the end of the input without a word.
    const answer = await Promise.race([terminal.question(question).catch(() => ''), left]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
