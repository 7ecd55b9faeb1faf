package com.wildrydes.aggregation.rules;

/** Writes JSON as JavaScript's JSON.stringify does. */
final class JsonText {
    private JsonText() {}

    /** Appends a string with its quotes; a lone surrogate as an escape, so that the bytes are UTF-8. */
    static void append(StringBuilder json, String text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            switch (unit) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (unit < 0x20 || isLone(text, at)) json.append(String.format("\\u%04x", (int) unit));
                    else json.append(unit);
                }
            }
        }
        json.append('"');
    }

    private static boolean isLone(String text, int at) {
        char unit = text.charAt(at);
        if (Character.isHighSurrogate(unit)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(unit) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
