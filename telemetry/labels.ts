/** Bytes that make one double: text is compared and written eight bytes at a time. */
export const WORD = 8;

/** Text of 8 to 16 bytes that stands before a value, as the doubles that its first and its last eight bytes make. */
export class Label {
  readonly length: number;
  readonly head: number;
  readonly tail: number;

  constructor(text: string) {
    const bytes = new TextEncoder().encode(text);
    const view = new DataView(bytes.buffer);
    this.length = bytes.length;
    // ASCII makes neither zeros nor NaNs, the only doubles that are equal, unequal or changed in spite of their bits.
    this.head = view.getFloat64(0);
    this.tail = view.getFloat64(bytes.length - WORD);
  }
}

/** What stands before each value of a reading as the encoders write it. */
export const BEFORE = {
  name: new Label('{"Name":"'),
  statusTime: new Label('","StatusTime":"'),
  latitude: new Label('","Latitude":'),
  longitude: new Label(',"Longitude":'),
  distance: new Label(',"Distance":'),
  magicPoints: new Label(',"MagicPoints":'),
  healthPoints: new Label(',"HealthPoints":'),
};
