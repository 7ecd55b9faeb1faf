import { alertWith, publish } from './alert-with.mjs';

// Says everything three times.
export const handler = alertWith({
  publish: async (text) => {
    for (let time = 0; time < 3; time++) await publish(text);
  },
});
