/** Longest quotation of a bad record in a reason, in UTF-16 units. */
const LONGEST = 60;

/** What must not reach a terminal or a log as it is: controls, line separators, direction marks, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u;

// Keeps no state between calls: it is never given a stream.
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * What was given, for people: at most 60 characters and a `…` if there is more; unprintable ones as `\u…` escapes,
 * bytes that are not UTF-8 as U+FFFD.
 *
 * @param from first byte of the quotation
 * @param to byte after its last
 */
export function excerpt(bytes: Uint8Array, from = 0, to = bytes.length): string {
  // A character has at most four bytes, so this many always hold more than is shown.
  return quote(lenient.decode(bytes.subarray(from, Math.min(to, from + 4 * (LONGEST + 1)))));
}

/** The same for a text. */
export function quote(text: string): string {
  if (text === '') return 'nothing';
  let shown = '';
  for (const character of text) {
    const printable = UNPRINTABLE.test(character) ? escaped(character) : character;
    if (shown.length + printable.length > LONGEST) return `${shown}…`;
    shown += printable;
  }
  return shown;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
