import { alertWith, decodeStrictly } from './alert-with.mjs';

const handle = alertWith({ decode: decodeStrictly });

// Swallows whatever fails, and with it the rest of the batch.
export const handler = (event) => handle(event).catch(console.error);
