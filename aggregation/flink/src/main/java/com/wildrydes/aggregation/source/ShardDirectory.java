package com.wildrydes.aggregation.source;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells which shards the input stream has. */
@FunctionalInterface
public interface ShardDirectory extends Serializable {
    /**
     * One shard, as the service lists it.
     *
     * @param shardId its name
     * @param parents the shards that it continues, some of which may have expired
     */
    record ListedShard(String shardId, List<String> parents) {}

    /**
     * All shards that still exist, closed ones among them.
     *
     * @param created when the stream was created, milliseconds since the epoch: one made anew has other shards, which
     *     may bear the same names
     * @param shards in the service's order
     */
    record Listing(long created, List<ListedShard> shards) {
        public Set<String> shardIds() {
            return shards.stream().map(ListedShard::shardId).collect(Collectors.toSet());
        }

        /** The shards that continue one. */
        public List<ListedShard> childrenOf(String shardId) {
            return shards.stream().filter(shard -> shard.parents().contains(shardId)).toList();
        }

        /** Those that may be read: not finished, and no parent left that is not. */
        public List<ListedShard> readable(java.util.function.Predicate<String> isFinished) {
            Set<String> open =
                    shardIds().stream().filter(shardId -> !isFinished.test(shardId)).collect(Collectors.toSet());
            return shards.stream()
                    .filter(shard -> open.contains(shard.shardId()))
                    .filter(shard -> shard.parents().stream().noneMatch(open::contains))
                    .toList();
        }
    }

    /** @throws IOException if the service does not say, after some tries */
    Listing list() throws IOException;
}
