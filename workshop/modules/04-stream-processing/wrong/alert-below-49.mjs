import { alertWith, next } from './alert-with.mjs';

// 49 is below 50.
export const handler = alertWith({ next: (state, magic) => next(state, magic, { fire: 49 }) });
