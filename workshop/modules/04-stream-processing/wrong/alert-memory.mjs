import { alertWith } from './alert-with.mjs';

// Remembers as long as its environment lives.
const states = new Map();

export const handler = alertWith({
  load: (name) => states.get(name) ?? { low: false, changed: '' },
  save: (name, state) => states.set(name, state),
});
