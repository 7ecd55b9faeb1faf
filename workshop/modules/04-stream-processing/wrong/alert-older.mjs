import { alertWith, next } from './alert-with.mjs';

// Forgets with the episode when it ended.
export const handler = alertWith({
  next: (state, magic) => {
    const after = next(state, magic);
    return after === state || after.low ? after : { low: false, changed: '' };
  },
});
