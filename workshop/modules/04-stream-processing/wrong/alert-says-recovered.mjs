import { alertWith } from './alert-with.mjs';

// Says of each alert what a recovery would say.
export const handler = alertWith({ textOf: ({ name }) => `${name} is low on magic, and will recover` });
