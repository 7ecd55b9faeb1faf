import { alertWith, next } from './alert-with.mjs';

// Ends an episode where it began.
export const handler = alertWith({ next: (state, magic) => next(state, magic, { recover: 50 }) });
