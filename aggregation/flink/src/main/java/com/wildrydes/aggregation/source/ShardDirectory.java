package com.wildrydes.aggregation.source;

import java.io.Serializable;
import java.util.List;

/** Tells which shards the input stream has. */
@FunctionalInterface
public interface ShardDirectory extends Serializable {
    /** One shard, as the service lists it. @param closed whether it takes no records any more */
    record ListedShard(String shardId, List<String> parents, boolean closed) implements Serializable {}

    /**
     * @return all shards that still exist, closed ones among them
     * @throws java.io.IOException if the service does not say, after some tries
     */
    List<ListedShard> list() throws java.io.IOException;
}
