package com.wildrydes.aggregation.source;

import java.io.Serializable;
import java.util.List;

/**
 * What a shard of the input stream has to say, in the order in which it says it. The rules need more than records: when
 * a shard was read to its tip, and when to its end.
 *
 * @param kind what happened
 * @param shardId the shard
 * @param parents of STARTED: the shards that it continues; else empty
 * @param sequenceNumber of RECORD; else null
 * @param partitionKey of RECORD; else null
 * @param arrival of RECORD: when the stream took it, milliseconds since the epoch
 * @param data of RECORD: its bytes; else null
 * @param silence of TIP: milliseconds of a monotonic clock since the last record, at the tip all the while
 */
public record ShardRecord(
        Kind kind,
        String shardId,
        List<String> parents,
        String sequenceNumber,
        String partitionKey,
        long arrival,
        byte[] data,
        long silence)
        implements Serializable {

    /** What happened. */
    public enum Kind {
        /** The shard is about to be read. Comes again when reading resumes. */
        STARTED,
        /** It gave a record. */
        RECORD,
        /** It was read to its tip. Comes after the records of the same answer. */
        TIP,
        /** It was read to its end. Nothing comes after it. */
        FINISHED
    }

    public static ShardRecord started(String shardId, List<String> parents) {
        return new ShardRecord(Kind.STARTED, shardId, parents, null, null, 0, null, 0);
    }

    public static ShardRecord record(
            String shardId, String sequenceNumber, String partitionKey, long arrival, byte[] data) {
        return new ShardRecord(
                Kind.RECORD, shardId, List.of(), sequenceNumber, partitionKey, arrival, data, 0);
    }

    public static ShardRecord tip(String shardId, long silence) {
        return new ShardRecord(Kind.TIP, shardId, List.of(), null, null, 0, null, silence);
    }

    public static ShardRecord finished(String shardId) {
        return new ShardRecord(Kind.FINISHED, shardId, List.of(), null, null, 0, null, 0);
    }
}
