import { alertWith } from './alert-with.mjs';

// Alerts for each low reading.
export const handler = alertWith({
  next: (state, { points }) => (points < 50 ? { low: true, changed: '' } : state),
});
