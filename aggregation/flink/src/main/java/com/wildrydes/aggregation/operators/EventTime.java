package com.wildrydes.aggregation.operators;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Time as Flink is told it: 2,000 years later. The watermark of Flink's window operators begins at 1970, so that they
 * take any window before it for late and drop it; StatusTime may be of any year from 1 on. After five times 400 years
 * the calendar is the same, to the day of the week: only a year in the SQL reads as another.
 */
final class EventTime {
    /** Days of 400 years. Source: https://en.wikipedia.org/wiki/Gregorian_calendar */
    private static final long ERA = 146_097;

    private static final long SHIFT = Duration.ofDays(5 * ERA).toMillis();

    private EventTime() {}

    /** @param instant milliseconds since the epoch */
    static long forFlink(long instant) {
        return instant + SHIFT;
    }

    /** @return milliseconds since the epoch */
    static long fromFlink(long time) {
        return time - SHIFT;
    }

    /** An instant as the SQL has it. */
    static LocalDateTime forSql(long instant) {
        long time = forFlink(instant);
        int nanos = (int) Math.floorMod(time, 1_000L) * 1_000_000;
        return LocalDateTime.ofEpochSecond(Math.floorDiv(time, 1_000L), nanos, ZoneOffset.UTC);
    }

    /** @return milliseconds since the epoch */
    static long fromSql(LocalDateTime time) {
        return fromFlink(time.toInstant(ZoneOffset.UTC).toEpochMilli());
    }
}
