package com.wildrydes.aggregation.rules;

import java.nio.charset.StandardCharsets;

/**
 * Reads one JSON object from UTF-8 bytes, attribute by attribute, each byte once: RFC 8259 to the letter, well-formed
 * UTF-8, nothing but white space around the object. Never throws and never recurses; the first fault ends the scan.
 * The twin of telemetry/json-scanner.ts, to the words of its faults.
 */
final class JsonScanner {
    /** What a value turned out to be. */
    enum Kind {
        STRING,
        NUMBER,
        WORD,
        CONTAINER
    }

    /** What {@link #attribute} finds beside the index of a name. */
    static final int EXTRA = -1;

    static final int END = -2;
    static final int FAULT = -3;

    /** Levels of objects and arrays in one record, the record itself being the first. */
    private static final int DEEPEST = 1000;

    /** A mantissa up to this one can take another digit. */
    private static final long ROOM_FOR_A_DIGIT = 100_000_000_000_000_000L - 1;

    /** Exponents beyond this are all the same: no text is long enough to bring such a number back into reach. */
    private static final long EXPONENT_CAP = 10_000_000_000L;

    /** Why the bytes are not one JSON object; empty while nothing is wrong. */
    String fault = "";

    Kind kind;

    /** First byte of the value, quotes and brackets included, and the byte after its last. */
    int from;

    int to;

    /** Of a string: whether it is printable ASCII without escapes. */
    boolean plain;

    /** Of a number: (−1)^negative × mantissa × 10^exponent; {@code more} if digits other than zero follow. */
    boolean negative;

    long mantissa;
    long exponent;
    boolean more;

    private byte[] bytes;
    private int at;
    private boolean escaped;
    private boolean first;

    /** Enters the object; false if the bytes do not begin with one. */
    boolean open(byte[] record) {
        bytes = record;
        first = true;
        fault = "";
        at = skipSpace(0);
        if (byteAt(at) == '{') {
            at++;
            return true;
        }
        fault =
                byteAt(0) == 0xef && byteAt(1) == 0xbb && byteAt(2) == 0xbf
                        ? "a record must not begin with a byte order mark"
                        : "a record must be a JSON object (given " + Utf8.excerpt(bytes, 0, bytes.length) + ")";
        return false;
    }

    /**
     * Goes to the next attribute's value.
     *
     * @param names attributes to recognise, in ASCII
     * @return index among the names, or EXTRA, END or FAULT; END only when nothing but white space follows the object
     */
    int attribute(byte[][] names) {
        int next = skipSpace(at);
        if (byteAt(next) == '}') return close(next + 1);
        if (!first) {
            if (byteAt(next) != ',') return attributeFault(next);
            next = skipSpace(next + 1);
        }
        first = false;
        if (byteAt(next) != '"') return attributeFault(next);
        from = next;
        to = string(next);
        if (to < 0) return FAULT;
        next = skipSpace(to);
        if (byteAt(next) != ':') return attributeFault(next);
        at = next + 1;
        return indexOf(names);
    }

    /** Reads the value of the attribute, of any kind, whole; false if it is not JSON. */
    boolean value() {
        int begin = skipSpace(at);
        int opening = byteAt(begin);
        boolean isContainer = opening == '{' || opening == '[';
        int end = isContainer ? container(begin) : scalar(begin);
        if (end < 0) return false;
        if (isContainer) kind = Kind.CONTAINER;
        from = begin;
        to = end;
        at = end;
        return true;
    }

    /** The string that was read, escapes resolved; a lone surrogate stays one. */
    String text() {
        if (plain) return new String(bytes, from + 1, to - from - 2, StandardCharsets.ISO_8859_1);
        String raw = new String(bytes, from + 1, to - from - 2, StandardCharsets.UTF_8);
        return escaped ? unescaped(raw) : raw;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The value that was read, as it stood, for a reason. */
    String given() {
        return Utf8.excerpt(bytes, from, to);
    }

    private static String unescaped(String raw) {
        StringBuilder text = new StringBuilder(raw.length());
        for (int at = 0; at < raw.length(); at++) {
            char unit = raw.charAt(at);
            if (unit != '\\') {
                text.append(unit);
                continue;
            }
            char escape = raw.charAt(++at);
            switch (escape) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(raw, at + 1, at + 5, 16));
                    at += 4;
                }
                default -> text.append(escape);
            }
        }
        return text.toString();
    }

    private int close(int after) {
        int next = skipSpace(after);
        if (next == bytes.length) return END;
        String given = Utf8.excerpt(bytes, next, bytes.length);
        fault = "nothing may follow the JSON object (given " + given + " at byte " + next + ")";
        return FAULT;
    }

    /** String, number or word. Gives the byte after it, or -1. */
    private int scalar(int begin) {
        int opening = byteAt(begin);
        if (opening == '"') {
            kind = Kind.STRING;
            return string(begin);
        }
        if (opening == '-' || isDigit(opening)) {
            kind = Kind.NUMBER;
            return number(begin);
        }
        kind = Kind.WORD;
        if (opening == 't') return word("true", begin);
        if (opening == 'f') return word("false", begin);
        if (opening == 'n') return word("null", begin);
        return malformed(begin);
    }

    private int string(int opening) {
        int end = bytes.length;
        plain = true;
        escaped = false;
        for (int next = opening + 1; next < end; ) {
            int unit = bytes[next];
            if (unit == '"') return next + 1;
            if (unit == '\\') {
                plain = false;
                escaped = true;
                int length = escapeLength(next);
                if (length == 0) return malformed(next);
                next += length;
            } else if (unit >= 0x20 && unit < 0x7f) {
                next++;
            } else if (unit >= 0 && unit < 0x20) {
                return malformed(next);
            } else {
                plain = false;
                int length = Utf8.characterLength(bytes, next);
                if (length == 0) return badUtf8(next);
                next += length;
            }
        }
        return malformed(end);
    }

    private int escapeLength(int backslash) {
        switch (byteAt(backslash + 1)) {
            case '"', '/', '\\', 'b', 'f', 'n', 'r', 't':
                return 2;
            case 'u':
                for (int digit = backslash + 2; digit < backslash + 6; digit++) {
                    int hex = byteAt(digit);
                    int lower = hex | 0x20;
                    if (hex < 0 || !(isDigit(hex) || (lower >= 'a' && lower <= 'f'))) return 0;
                }
                return 6;
            default:
                return 0;
        }
    }

    private int number(int begin) {
        int next = begin;
        negative = bytes[next] == '-';
        if (negative) next++;
        mantissa = 0;
        exponent = 0;
        more = false;
        int whole = next;
        for (int unit; isDigit(unit = byteAt(next)); next++) {
            if (mantissa <= ROOM_FOR_A_DIGIT) {
                mantissa = mantissa * 10 + (unit - '0');
            } else {
                exponent++;
                more |= unit != '0';
            }
        }
        if (next == whole) return malformed(next);
        if (bytes[whole] == '0' && next > whole + 1) return malformed(whole + 1);

        if (byteAt(next) == '.') {
            int fraction = ++next;
            for (int unit; isDigit(unit = byteAt(next)); next++) {
                if (mantissa <= ROOM_FOR_A_DIGIT) {
                    mantissa = mantissa * 10 + (unit - '0');
                    exponent--;
                } else {
                    more |= unit != '0';
                }
            }
            if (next == fraction) return malformed(next);
        }

        if (byteAt(next) == 'e' || byteAt(next) == 'E') {
            int sign = byteAt(++next);
            if (sign == '+' || sign == '-') next++;
            int digits = next;
            long power = 0;
            for (int unit; isDigit(unit = byteAt(next)); next++) {
                if (power < EXPONENT_CAP) power = power * 10 + (unit - '0');
            }
            if (next == digits) return malformed(next);
            exponent += sign == '-' ? -power : power;
        }
        return next;
    }

    private int word(String word, int begin) {
        for (int letter = 0; letter < word.length(); letter++) {
            if (byteAt(begin + letter) != word.charAt(letter)) return malformed(begin + letter);
        }
        return begin + word.length();
    }

    /** An object or array with all that is in it. Gives the byte after it, or -1. */
    private int container(int begin) {
        // Closing brackets still to come, innermost last.
        byte[] closing = new byte[16];
        int depth = 0;
        int next = begin;
        for (; ; ) {
            int opening = byteAt(next);
            if (opening == '{' || opening == '[') {
                if (depth + 2 > DEEPEST) return tooDeep(next);
                if (depth == closing.length) closing = java.util.Arrays.copyOf(closing, 2 * depth);
                closing[depth++] = (byte) (opening + 2);
                next = skipSpace(next + 1);
                if (byteAt(next) != opening + 2) {
                    if (opening == '{') next = key(next);
                    if (next < 0) return -1;
                    continue;
                }
            } else {
                next = scalar(next);
                if (next < 0) return -1;
                next = skipSpace(next);
            }

            while (byteAt(next) == closing[depth - 1]) {
                if (--depth == 0) return next + 1;
                next = skipSpace(next + 1);
            }
            if (byteAt(next) != ',') return malformed(next);
            next = skipSpace(next + 1);
            if (closing[depth - 1] == '}') next = key(next);
            if (next < 0) return -1;
        }
    }

    /** A nested attribute's name and colon. Gives the first byte of its value, or -1. */
    private int key(int begin) {
        if (byteAt(begin) != '"') return malformed(begin);
        int next = string(begin);
        if (next < 0) return -1;
        next = skipSpace(next);
        if (byteAt(next) != ':') return malformed(next);
        return skipSpace(next + 1);
    }

    private int skipSpace(int begin) {
        int next = begin;
        while (next < bytes.length) {
            int unit = bytes[next];
            if (unit != ' ' && unit != '\n' && unit != '\r' && unit != '\t') break;
            next++;
        }
        return next;
    }

    /** Which of the names the string just read is. */
    private int indexOf(byte[][] names) {
        if (escaped) {
            String text = text();
            for (int index = 0; index < names.length; index++) {
                if (text.equals(new String(names[index], StandardCharsets.US_ASCII))) return index;
            }
            return EXTRA;
        }
        for (int index = 0; index < names.length; index++) {
            byte[] name = names[index];
            if (name.length == to - from - 2
                    && java.util.Arrays.equals(name, 0, name.length, bytes, from + 1, to - 1)) {
                return index;
            }
        }
        return EXTRA;
    }

    /** The byte, 0 to 255; -1 past the end. */
    private int byteAt(int place) {
        return place < bytes.length ? bytes[place] & 0xff : -1;
    }

    private static boolean isDigit(int unit) {
        return unit >= '0' && unit <= '9';
    }

    private int attributeFault(int place) {
        malformed(place);
        return FAULT;
    }

    private int malformed(int place) {
        fault =
                place < bytes.length
                        ? "malformed JSON at byte " + place + " (given " + Utf8.excerpt(bytes, place, bytes.length) + ")"
                        : "malformed JSON: it ends before the object does (after " + bytes.length + " bytes)";
        return -1;
    }

    private int badUtf8(int place) {
        fault = "bytes must be UTF-8 (given 0x" + Integer.toHexString(bytes[place] & 0xff) + " at byte " + place + ")";
        return -1;
    }

    private int tooDeep(int place) {
        fault = "objects and arrays must nest at most " + DEEPEST + " deep (given one more at byte " + place + ")";
        return -1;
    }
}
