package com.wildrydes.aggregation.operators;

import java.util.List;

/**
 * What the judge is told: what a shard had to say, its records read.
 *
 * @param kind what happened
 * @param shardId the shard
 * @param parents of STARTED: the shards that it continues; else empty
 * @param sequenceNumber of a record; else null
 * @param account of a record: to whom it is booked, the Name of a valid reading or else the partition key; else null
 * @param instant of READING: its StatusTime, milliseconds since the epoch
 * @param micrometres of READING: its distance
 * @param magicPoints of READING
 * @param healthPoints of READING
 * @param arrival of a record: when the stream took it, milliseconds since the epoch
 * @param silence of TIP: milliseconds since the last record
 */
public record ShardEvent(
        Kind kind,
        String shardId,
        List<String> parents,
        String sequenceNumber,
        String account,
        long instant,
        long micrometres,
        int magicPoints,
        int healthPoints,
        long arrival,
        long silence) {

    /** What happened. */
    public enum Kind {
        /** The shard is about to be read. */
        STARTED,
        /** It gave a valid reading that is not from the future. */
        READING,
        /** It gave a record that went to quarantine. */
        QUARANTINED,
        /** It was read to its tip. */
        TIP,
        /** It was read to its end. */
        FINISHED
    }
}
