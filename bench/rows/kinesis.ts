/** What the rows about the local Kinesis have in common. */
export const RECORDS = { keys: 1_000, bytes: 200 } as const;

export const STREAM_NAME = 'bench';

/** Milliseconds of warming up, and of measuring. */
export function times(quick: boolean): { readonly warmUp: number; readonly milliseconds: number } {
  return quick ? { warmUp: 700, milliseconds: 1_000 } : { warmUp: 1_000, milliseconds: 2_500 };
}
