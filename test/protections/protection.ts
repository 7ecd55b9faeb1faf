/** Something that keeps records from being lost, counted twice or put out of order, and the test that misses it. */
export interface Protection {
  /** What it sees to, as a sentence. */
  readonly name: string;
  readonly file: string;
  /** The piece of the file that is the protection; it is there exactly once. */
  readonly text: string;
  /** What stands there when it is taken out: code that runs, as if nobody had thought of the fault. */
  readonly without: string;
  /** A test of the unit project that fails then: its file, and its name or a part of it. */
  readonly test: { readonly file: string; readonly name: string };
}
