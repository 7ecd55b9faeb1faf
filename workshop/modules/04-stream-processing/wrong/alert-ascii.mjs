import { alertWith, decodeStrictly } from './alert-with.mjs';

// Seven bits are not enough for a name.
export const handler = alertWith({
  decode: (record) => {
    try {
      return decodeStrictly(record, 'ascii');
    } catch {
      return undefined;
    }
  },
});
