const PAD = 61;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Writes a partition key as UTF-8; short ASCII ones, almost all, without a call into native code. Returns its bytes. */
export function writeKey(buffer: Buffer, at: number, key: string): number {
  if (key.length > 32) return buffer.write(key, at, 'utf8');
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit > 127) return buffer.write(key, at, 'utf8');
    buffer[at + i] = unit;
  }
  return key.length;
}

/**
 * Bytes that base64 text stands for, or -1 if its length or its end show that it is none. Other characters that are
 * not base64 show when it is decoded: fewer bytes come out. The decoder would also take the URL-safe alphabet.
 */
export function base64Length(text: string): number {
  const { length } = text;
  if (length % 4 !== 0 || text.includes('-') || text.includes('_')) return -1;
  if (text.charCodeAt(length - 1) !== PAD) return (length / 4) * 3;
  const padding = text.charCodeAt(length - 2) === PAD ? 2 : 1;
  const last = BASE64.indexOf(text[length - 1 - padding]!);
  const spare = padding === 2 ? 15 : 3;
  return last < 0 || (last & spare) !== 0 ? -1 : (length / 4) * 3 - padding;
}
