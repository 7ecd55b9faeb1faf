import { alertWith, decodeStrictly } from './alert-with.mjs';

// Fails for a record that is no reading.
export const handler = alertWith({ decode: decodeStrictly });
