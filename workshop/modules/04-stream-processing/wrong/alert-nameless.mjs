import { alertWith } from './alert-with.mjs';

// Does not say who it is.
export const handler = alertWith({ textOf: ({ points }) => `A unicorn has ${points} magic points` });
