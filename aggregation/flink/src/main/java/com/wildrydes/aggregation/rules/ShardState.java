package com.wildrydes.aggregation.rules;

import java.util.ArrayList;
import java.util.List;

/** One shard of the input stream, as the judge knows it. A POJO in Flink's sense, so that its state can gain fields. */
public final class ShardState {
    /** Before any reading. */
    public static final long NOTHING = Long.MIN_VALUE;

    public String shardId;

    /** The shards that it continues. */
    public List<String> parents;

    /** w: no window that ends at or before it takes readings of this shard any more. Never falls. */
    public long watermark;

    /** Highest StatusTime accepted; for a child without readings of its own, what its parents' watermark stands for. */
    public long highest;

    /** Whether a reading of its own was accepted. */
    public boolean given;

    /** Read to its end. */
    public boolean finished;

    /** For Flink. */
    public ShardState() {}

    ShardState(String shardId, List<String> parents) {
        this.shardId = shardId;
        this.parents = new ArrayList<>(parents);
        this.watermark = NOTHING;
        this.highest = NOTHING;
    }

    /** Another one that is the same. */
    public ShardState copy() {
        ShardState copy = new ShardState(shardId, parents);
        copy.watermark = watermark;
        copy.highest = highest;
        copy.given = given;
        copy.finished = finished;
        return copy;
    }
}
