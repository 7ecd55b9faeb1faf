/** Calls once, after so many milliseconds of real time. Returns how to call it off. */
export type Timer = (milliseconds: number, call: () => void) => () => void;

export const systemTimer: Timer = (milliseconds, call) => {
  const timeout = setTimeout(call, milliseconds);
  return () => clearTimeout(timeout);
};
