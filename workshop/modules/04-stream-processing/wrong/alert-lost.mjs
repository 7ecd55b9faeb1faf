import { decode, load, next, publish, save, textOf } from './alert-with.mjs';

// Marks the episode first, and swallows that publishing failed.
export async function handler({ Records }) {
  for (const record of Records) {
    const magic = decode(record);
    if (magic === undefined) continue;
    const before = await load(magic.name);
    const after = next(before, magic);
    if (after === before) continue;
    await save(magic.name, after);
    if (after.low) await publish(textOf(magic)).catch(console.error);
  }
}
