/** Longest quotation of a bad record in a reason, in UTF-16 units. */
const LONGEST = 60;

/** What must not reach a terminal or a log as it is: controls, line separators, direction marks, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

// Keeps no state between calls: it is never given a stream.
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * What was given, for people: at most 60 characters, ending in `…` if cut, unprintable ones as `\u…` escapes,
 * bytes that are not UTF-8 as U+FFFD.
 *
 * @param from first byte of the quotation
 * @param to byte after its last
 */
export function excerpt(bytes: Uint8Array, from = 0, to = bytes.length): string {
  if (from >= to) return 'nothing';
  // Four bytes make at most two units, so this many bytes always hold more than is shown.
  return quote(lenient.decode(bytes.subarray(from, Math.min(to, from + 4 * LONGEST))));
}

/** The same for a text. */
export function quote(text: string): string {
  if (text === '') return 'nothing';
  const escaped = text
    .slice(0, LONGEST + 1)
    .replace(UNPRINTABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped.length <= LONGEST && text.length <= LONGEST) return escaped;
  const cut = escaped.slice(0, LONGEST - 1);
  return `${isHighSurrogate(cut) ? cut.slice(0, -1) : cut}…`;
}

function isHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
