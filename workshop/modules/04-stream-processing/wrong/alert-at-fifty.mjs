import { alertWith, next } from './alert-with.mjs';

// 50 is not below 50.
export const handler = alertWith({ next: (state, magic) => next(state, magic, { fire: 51 }) });
