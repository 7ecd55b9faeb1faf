/** The attributes to look for in an object, prepared once. */
export class AttributeNames {
  readonly names: readonly string[];
  /** As they stand in a record, quotes included. */
  readonly quoted: readonly Uint8Array[];
  /** The same up to the colon, as compact JSON has it. */
  readonly prefixes: readonly Uint8Array[];

  /** @param names printable ASCII, in the order in which they usually come */
  constructor(names: readonly string[]) {
    this.names = names;
    this.quoted = names.map((name) => new TextEncoder().encode(`"${name}"`));
    this.prefixes = names.map((name) => new TextEncoder().encode(`"${name}":`));
  }
}
