import { alertWith, next } from './alert-with.mjs';

// A zero is missing.
export const handler = alertWith({ next: (state, magic) => next(state, magic, { fire: 5 }) });
