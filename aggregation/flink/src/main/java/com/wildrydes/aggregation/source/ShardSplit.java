package com.wildrydes.aggregation.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A shard, and how far it was read.
 *
 * @param shardId its name
 * @param parents the shards that it continues
 * @param streamCreated when its stream was created, milliseconds since the epoch
 * @param after sequence number of the last record that was emitted; null: none yet
 * @param finished whether it was read to its end
 */
public record ShardSplit(String shardId, List<String> parents, long streamCreated, String after, boolean finished)
        implements SourceSplit {
    @Override
    public String splitId() {
        return shardId;
    }

    /** A shard that was read further. */
    ShardSplit readTo(String sequenceNumber) {
        return new ShardSplit(shardId, parents, streamCreated, sequenceNumber, false);
    }

    /** A shard that was read to its end. */
    ShardSplit ended() {
        return new ShardSplit(shardId, parents, streamCreated, after, true);
    }

    /** A shard's place in the reader, which moves with each record. */
    static final class Place {
        final ShardSplit split;
        String after;

        Place(ShardSplit split) {
            this.split = split;
            this.after = split.after();
        }

        ShardSplit split() {
            return split.readTo(after);
        }
    }
}
