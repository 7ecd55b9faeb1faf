package com.wildrydes.aggregation.rules;

/** Event time: how readings become summaries. Milliseconds. The twin of WINDOW in telemetry/topology.ts. */
public final class Window {
    /** Length of a tumbling window. */
    public static final long SIZE = 60_000;

    /** How far behind its shard's newest reading another may come and still count. */
    public static final long LATENESS = 5_000;

    /** A shard read to its tip and silent this long follows the clock. */
    public static final long IDLE = 30_000;

    /** A reading further than this ahead of its arrival is quarantined. */
    public static final long FUTURE = 300_000;

    private Window() {}

    /** Start of the window that an instant falls into. */
    public static long startOf(long instant) {
        return Math.floorDiv(instant, SIZE) * SIZE;
    }

    /** End of the window that an instant falls into: its first instant that is not in it. */
    public static long endOf(long instant) {
        return startOf(instant) + SIZE;
    }
}
