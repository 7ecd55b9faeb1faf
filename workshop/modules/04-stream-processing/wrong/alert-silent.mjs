import { alertWith } from './alert-with.mjs';

// Logs, and tells nobody.
export const handler = alertWith({ publish: console.log });
