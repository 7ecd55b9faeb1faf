import { alertWith, next } from './alert-with.mjs';

// An episode never ends.
export const handler = alertWith({ next: (state, magic) => (state.low ? state : next(state, magic)) });
