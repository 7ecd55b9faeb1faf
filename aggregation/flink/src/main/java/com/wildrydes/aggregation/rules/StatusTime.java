package com.wildrydes.aggregation.rules;

/**
 * Reads and writes StatusTime: {@code YYYY-MM-DD HH:MM:SS[.f…]}, which is UTC, or ISO-8601
 * {@code YYYY-MM-DDTHH:MM:SS[.f…]} with {@code Z} or an offset of at most 18 hours. The twin of
 * telemetry/status-time.ts; java.time's formatters take more, and take longer.
 */
public final class StatusTime {
    /** What {@link #parse} gives for anything else. */
    public static final long NONE = Long.MIN_VALUE;

    /** First instant of the year 1 and last of the year 9999, UTC, milliseconds since the epoch. */
    private static final long FIRST_INSTANT = -62_135_596_800_000L;

    private static final long LAST_INSTANT = 253_402_300_799_999L;

    private static final long MINUTE = 60_000;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 86_400_000;
    private static final long LARGEST_OFFSET = 18 * HOUR;

    /** Days from 1 March of the year 0, where the arithmetic below starts, to the epoch. */
    private static final long EPOCH = 719_468;

    /** Bytes of {@code YYYY-MM-DD HH:MM:SS}. */
    private static final int SECONDS_LENGTH = 19;

    private StatusTime() {}

    /**
     * @param from first byte of the text
     * @param to byte after its last
     * @return milliseconds since the epoch, digits past them truncated; NONE unless it is a real time of the years 1 to
     *     9999, before and after the offset is applied
     */
    public static long parse(byte[] bytes, int from, int to) {
        if (to - from < SECONDS_LENGTH) return NONE;
        int year = 100 * twoDigits(bytes, from) + twoDigits(bytes, from + 2);
        int month = twoDigits(bytes, from + 5);
        int day = twoDigits(bytes, from + 8);
        int hour = twoDigits(bytes, from + 11);
        int minute = twoDigits(bytes, from + 14);
        int second = twoDigits(bytes, from + 17);
        byte separator = bytes[from + 10];
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NONE;
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NONE;
        if (bytes[from + 4] != '-' || bytes[from + 7] != '-' || bytes[from + 13] != ':' || bytes[from + 16] != ':') {
            return NONE;
        }
        if (separator != ' ' && separator != 'T') return NONE;

        int at = from + SECONDS_LENGTH;
        int millisecond = 0;
        if (at < to && bytes[at] == '.') {
            int first = ++at;
            for (int weight = 100; at < to; at++, weight /= 10) {
                int digit = bytes[at] - '0';
                if (digit < 0 || digit > 9) break;
                millisecond += weight * digit;
            }
            if (at == first) return NONE;
        }

        long local =
                daysBefore(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000L + millisecond;
        if (separator == ' ') return at == to ? local : NONE;
        long offset = parseOffset(bytes, at, to);
        if (offset == NONE) return NONE;
        long instant = local - offset;
        return instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : NONE;
    }

    /**
     * Writes an instant as {@code YYYY-MM-DD HH:MM:SS.mmm}, UTC.
     *
     * @throws IllegalArgumentException outside the years 1 to 9999, which the format cannot say
     */
    public static String format(long instant) {
        if (instant < FIRST_INSTANT || instant > LAST_INSTANT) {
            throw new IllegalArgumentException(
                    "StatusTime must be in the years 1 to 9999 (given " + instant + " ms since the epoch)");
        }
        long days = Math.floorDiv(instant, DAY);
        int sinceMidnight = (int) (instant - days * DAY);
        int second = sinceMidnight / 1000;

        // Years that begin in March, so that the leap day is the last day of its year; eras of 400 years repeat.
        int sinceMarch = (int) (days + EPOCH);
        int era = Math.floorDiv(sinceMarch, 146_097);
        int dayOfEra = sinceMarch - era * 146_097;
        int leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096;
        int yearOfEra = (dayOfEra - leapDays) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);

        char[] text = "0000-00-00 00:00:00.000".toCharArray();
        write(text, 4, year);
        write(text, 7, month);
        write(text, 10, day);
        write(text, 13, second / 3600);
        write(text, 16, second / 60 % 60);
        write(text, 19, second % 60);
        write(text, 23, sinceMidnight % 1000);
        return new String(text);
    }

    /** Digits of a number, the last one just before a place. */
    private static void write(char[] text, int before, int number) {
        int rest = number;
        for (int at = before - 1; rest > 0; at--) {
            text[at] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** {@code Z} or {@code ±HH:MM}, and nothing after it, in milliseconds east of UTC. */
    private static long parseOffset(byte[] bytes, int from, int to) {
        if (to - from == 1) return bytes[from] == 'Z' ? 0 : NONE;
        if (to - from != 6 || (bytes[from] != '+' && bytes[from] != '-') || bytes[from + 3] != ':') return NONE;
        int hours = twoDigits(bytes, from + 1);
        int minutes = twoDigits(bytes, from + 4);
        if (hours < 0 || minutes < 0 || minutes > 59) return NONE;
        long offset = hours * HOUR + minutes * MINUTE;
        if (offset > LARGEST_OFFSET) return NONE;
        return bytes[from] == '-' ? -offset : offset;
    }

    /** Days from the epoch to a date of the Gregorian calendar, counted in years that begin in March. */
    private static long daysBefore(int year, int month, int day) {
        int marchYear = month > 2 ? year : year - 1;
        int monthFromMarch = month > 2 ? month - 3 : month + 9;
        int leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
        return 365L * marchYear + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - EPOCH;
    }

    private static int daysInMonth(int year, int month) {
        if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /** Two digits as a number; far below zero, even in a sum of two, if they are not two digits. */
    private static int twoDigits(byte[] bytes, int at) {
        int tens = bytes[at] - '0';
        int ones = bytes[at + 1] - '0';
        return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -10_000;
    }
}
