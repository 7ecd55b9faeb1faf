import { alertWith, next } from './alert-with.mjs';

// Alerts when either of the vitals is low.
export const handler = alertWith({
  next: (state, magic) => next(state, { ...magic, points: Math.min(magic.points, magic.health) }),
});
