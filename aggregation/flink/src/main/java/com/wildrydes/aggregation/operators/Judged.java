package com.wildrydes.aggregation.operators;

/**
 * What became of a record, as far as its shard and the watermarks decide it.
 *
 * @param fate what became of it
 * @param account to whom it is booked; empty for TICK
 * @param instant of ACCEPTED: its StatusTime, milliseconds since the epoch
 * @param micrometres of ACCEPTED
 * @param magicPoints of ACCEPTED
 * @param healthPoints of ACCEPTED
 * @param watermark the stream's after it, milliseconds since the epoch: windows that end at or before it are closed
 */
public record Judged(
        Fate fate,
        String account,
        long instant,
        long micrometres,
        int magicPoints,
        int healthPoints,
        long watermark) {

    /** What became of a record. */
    public enum Fate {
        /** Belongs into its window, unless it is a duplicate there. */
        ACCEPTED,
        /** Its window has closed. */
        LATE,
        /** Was no valid reading, or from the future. */
        QUARANTINED,
        /** No record: only the watermark moved. */
        TICK
    }

    static Judged tick(long watermark) {
        return new Judged(Fate.TICK, "", 0, 0, 0, 0, watermark);
    }
}
