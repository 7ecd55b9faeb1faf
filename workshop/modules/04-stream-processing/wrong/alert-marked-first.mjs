import { decode, load, next, publish, save, textOf } from './alert-with.mjs';

// Marks the episode first: when publishing fails, the batch comes again, and finds it marked.
export async function handler({ Records }) {
  for (const record of Records) {
    const magic = decode(record);
    if (magic === undefined) continue;
    const before = await load(magic.name);
    const after = next(before, magic);
    if (after === before) continue;
    await save(magic.name, after);
    if (after.low) await publish(textOf(magic));
  }
}
