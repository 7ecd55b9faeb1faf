import { alertWith } from './alert-with.mjs';

// Takes a record that comes again for a new one.
export const handler = alertWith({
  next: (state, { points }) => {
    if (!state.low && points < 50) return { low: true, changed: '' };
    return state.low && points >= 55 ? { low: false, changed: '' } : state;
  },
});
