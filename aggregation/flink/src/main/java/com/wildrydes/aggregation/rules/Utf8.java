package com.wildrydes.aggregation.rules;

/** UTF-8, and excerpts of it for people. The twin of telemetry/characters.ts and telemetry/excerpt.ts. */
final class Utf8 {
    /** Longest quotation of a bad record in a reason, in UTF-16 units. */
    private static final int LONGEST = 60;

    private Utf8() {}

    /**
     * Bytes of the well-formed character that begins here, 1 to 4; 0 if there is none.
     *
     * <p>Source: The Unicode Standard, table 3-7, https://www.unicode.org/versions/latest/core-spec/chapter-3/
     */
    static int characterLength(byte[] bytes, int at) {
        int lead = bytes[at] & 0xff;
        if (lead < 0x80) return 1;
        int length = lengthFor(lead);
        if (length == 0 || wellFormed(bytes, at, length, bytes.length) < length) return 0;
        return length;
    }

    /** What was given, for people: at most 60 characters and a {@code …} if there is more. */
    static String excerpt(byte[] bytes, int from, int to) {
        // A character has at most four bytes, so this many always hold more than is shown.
        return quote(decode(bytes, from, Math.min(to, from + 4 * (LONGEST + 1))));
    }

    /** The same for a text. */
    static String quote(String text) {
        if (text.isEmpty()) return "nothing";
        StringBuilder shown = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            String printable =
                    isUnprintable(character)
                            ? String.format("\\u%04x", character)
                            : new String(Character.toChars(character));
            if (shown.length() + printable.length() > LONGEST) return shown.append('…').toString();
            shown.append(printable);
            at += Character.charCount(character);
        }
        return shown.toString();
    }

    /**
     * Bytes as text, each part that is not UTF-8 as U+FFFD; the JDK's decoder makes other parts of it.
     *
     * <p>Source: https://encoding.spec.whatwg.org/#utf-8-decoder
     */
    private static String decode(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int at = from; at < to; ) {
            int lead = bytes[at] & 0xff;
            if (lead < 0x80) {
                text.append((char) lead);
                at++;
                continue;
            }
            int length = lengthFor(lead);
            int good = length == 0 ? 1 : wellFormed(bytes, at, length, to);
            text.appendCodePoint(length > 0 && good == length ? codePoint(bytes, at, length) : 0xfffd);
            at += good;
        }
        return text.toString();
    }

    private static int lengthFor(int lead) {
        if (lead < 0xc2 || lead > 0xf4) return 0;
        return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }

    /** How many bytes from here can be the beginning of a character of this length: at least the first. */
    private static int wellFormed(byte[] bytes, int at, int length, int end) {
        int lead = bytes[at] & 0xff;
        // Only the second byte is narrower after some leads: no overlong forms, no surrogates, nothing past U+10FFFF.
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        for (int good = 1; good < length; good++) {
            if (at + good >= end) return good;
            int next = bytes[at + good] & 0xff;
            if (next < least || next > most) return good;
            least = 0x80;
            most = 0xbf;
        }
        return length;
    }

    private static int codePoint(byte[] bytes, int at, int length) {
        int point = bytes[at] & (0x7f >> length);
        for (int next = at + 1; next < at + length; next++) point = point << 6 | (bytes[next] & 0x3f);
        return point;
    }

    /** What must not reach a terminal or a log as it is: controls, line separators, direction marks, lone surrogates. */
    private static boolean isUnprintable(int character) {
        if (character == 0xfeff || character == 0x061c || character == 0x200e || character == 0x200f) return true;
        if ((character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069)) return true;
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
