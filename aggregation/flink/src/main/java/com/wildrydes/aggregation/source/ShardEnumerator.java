package com.wildrydes.aggregation.source;

import com.wildrydes.aggregation.source.ShardDirectory.ListedShard;
import com.wildrydes.aggregation.source.ShardDirectory.Listing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives shards to readers: each once, and a child only when all that is left of its parents was read to its end. */
final class ShardEnumerator implements SplitEnumerator<ShardSplit, Assignment> {
    private static final Logger LOG = LoggerFactory.getLogger(ShardEnumerator.class);

    /**
     * Milliseconds between two listings. A shard's end asks for one at once; this is for children that the service did
     * not list then.
     */
    private static final long LISTING = 5_000;

    private final SplitEnumeratorContext<ShardSplit> context;
    private final ShardDirectory directory;
    private final Set<String> assigned = new LinkedHashSet<>();
    private final Set<String> finished = new LinkedHashSet<>();
    private final List<ShardSplit> returned = new ArrayList<>();

    /** Which reader has which shard, or had it: children go where a parent was. Not kept. */
    private final Map<String, Integer> places = new HashMap<>();

    private long streamCreated;
    private Listing listing;

    ShardEnumerator(
            SplitEnumeratorContext<ShardSplit> context, ShardDirectory directory, Assignment saved) {
        this.context = context;
        this.directory = directory;
        if (saved == null) return;
        streamCreated = saved.streamCreated();
        assigned.addAll(saved.assigned());
        finished.addAll(saved.finished());
        returned.addAll(saved.returned());
    }

    @Override
    public void start() {
        context.callAsync(directory::list, this::listed, 0, LISTING);
    }

    @Override
    public void addReader(int subtask) {
        assign();
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (!(event instanceof ShardsFinished ended)) return;
        for (ShardSplit split : ended.shards()) {
            // One of a stream that was deleted since is not the one that bears its name now.
            if (split.streamCreated() != streamCreated) continue;
            assigned.remove(split.shardId());
            finished.add(split.shardId());
            places.put(split.shardId(), subtask);
        }
        context.callAsync(directory::list, this::listed);
    }

    @Override
    public void addSplitsBack(List<ShardSplit> splits, int subtask) {
        for (ShardSplit split : splits) {
            if (split.streamCreated() != streamCreated) continue;
            if (split.finished()) finished.add(split.shardId());
            else returned.add(split);
        }
        assign();
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        // Readers are given what there is; they do not ask.
    }

    @Override
    public Assignment snapshotState(long checkpointId) {
        return new Assignment(
                streamCreated, List.copyOf(assigned), List.copyOf(finished), List.copyOf(returned));
    }

    @Override
    public void close() {
        // Nothing is held open.
    }

    private void listed(Listing answer, Throwable error) {
        if (error != null) {
            LOG.warn("shards cannot be listed, which is tried again: {}", error.getMessage());
            return;
        }
        listing = answer;
        if (streamCreated != answer.created()) {
            if (streamCreated != 0) {
                LOG.warn("the stream was made anew: it is read from its start");
                // Readers let go of its shards by themselves.
                assigned.clear();
                finished.clear();
                returned.clear();
                places.clear();
            }
            streamCreated = answer.created();
        }
        Set<String> existing = answer.shardIds();
        finished.retainAll(existing);
        assign();
    }

    private void assign() {
        // With a part of the readers, the first of them would get everything.
        if (listing == null || context.registeredReaders().size() < context.currentParallelism()) return;
        for (ShardSplit split : returned) give(split);
        returned.clear();
        for (ListedShard shard : listing.readable(finished::contains)) {
            if (assigned.contains(shard.shardId())) continue;
            give(new ShardSplit(shard.shardId(), shard.parents(), streamCreated, null, false));
        }
    }

    private void give(ShardSplit split) {
        int reader = readerFor(split);
        assigned.add(split.shardId());
        places.put(split.shardId(), reader);
        context.assignSplit(split, reader);
    }

    /** That of a parent, so that what it and its child say stays in order; else the one with the fewest shards. */
    private int readerFor(ShardSplit split) {
        for (String parentId : split.parents()) {
            Integer place = places.get(parentId);
            if (place != null) return place;
        }
        int[] shards = new int[context.currentParallelism()];
        places.forEach(
                (shardId, place) -> {
                    if (assigned.contains(shardId)) shards[place]++;
                });
        int least = 0;
        for (int reader = 1; reader < shards.length; reader++) {
            if (shards[reader] < shards[least]) least = reader;
        }
        return least;
    }
}
