package com.wildrydes.aggregation.source;

import java.io.Serializable;
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
        implements SourceSplit, Serializable {
    /** Tells it from a shard of the same name in a stream that was deleted since. */
    @Override
    public String splitId() {
        return shardId + "@" + streamCreated;
    }

    /** A shard that was read to its end. */
    ShardSplit ended() {
        return new ShardSplit(shardId, parents, streamCreated, after, true);
    }

    /** A shard's place in the reader, which moves with what was emitted. */
    static final class Place {
        private final ShardSplit split;
        private String after;

        /** A checkpoint may come between its last word and its end: it is not to be said again then. */
        private boolean finished;

        Place(ShardSplit split) {
            this.split = split;
            this.after = split.after();
        }

        void emitted(ShardRecord said) {
            switch (said.kind()) {
                case RECORD -> after = said.sequenceNumber();
                case FINISHED -> finished = true;
                default -> {}
            }
        }

        ShardSplit split() {
            return new ShardSplit(split.shardId(), split.parents(), split.streamCreated(), after, finished);
        }
    }
}
