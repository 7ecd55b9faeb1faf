package com.wildrydes.aggregation.rules;

import static com.wildrydes.aggregation.rules.ShardState.NOTHING;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What decides which readings are late and when windows close: each shard's watermark w, and the lowest of all. It
 * knows no stream, no clock and no state backend; the rules are those of aggregation/README.md, and the twin is the
 * class WindowEngine in aggregation/engine.ts, without its windows, which are SQL here.
 *
 * <p>Times are milliseconds since the epoch.
 */
public final class Judge {
    private final Map<String, ShardState> shards = new LinkedHashMap<>();

    /** The lowest w of all shards when windows were last closed. Never falls. */
    private long watermark;

    /** The lowest w as it is now; NOTHING while no shard has one. */
    private long lowest = NOTHING;

    /** End of the latest window that took a reading. */
    private long latestEnd;

    public Judge() {
        this(List.of(), NOTHING, NOTHING);
    }

    /** One that goes on from what another knew: see {@link #shards}, {@link #watermark} and {@link #latestEnd}. */
    public Judge(Collection<ShardState> shards, long watermark, long latestEnd) {
        this.watermark = watermark;
        this.latestEnd = latestEnd;
        for (ShardState shard : shards) this.shards.put(shard.shardId, shard.copy());
        findLowest();
    }

    /**
     * Makes a shard known, before its first record and, so that its parents' watermark is handed on without a gap,
     * before its parents are finished. One that is known already is left as it is.
     *
     * @param parents shards that it continues; those that are not known are ignored
     */
    public ShardState start(String shardId, List<String> parents) {
        ShardState known = shards.get(shardId);
        if (known != null) return known;
        ShardState shard = new ShardState(shardId, parents);
        shards.put(shardId, shard);
        inherit(shard);
        findLowest();
        return shard;
    }

    /**
     * Judges a reading that is valid and not from the future.
     *
     * @return false if its window has closed: it is late. True: it moves w, and belongs into its window unless that has
     *     one of its instant already
     */
    public boolean accept(ShardState shard, long instant) {
        long end = Window.endOf(instant);
        // The second bound is for a shard that comes late to the stream: what others closed stays closed.
        if (end <= shard.watermark || end <= watermark) return false;
        shard.given = true;
        if (instant > shard.highest) shard.highest = instant;
        if (end > latestEnd) latestEnd = end;
        raise(shard, instant - Window.LATENESS);
        return true;
    }

    /**
     * Tells that a shard, read to its tip, has given no record for a while. From 30 s on, its watermark follows the
     * silence; a shard without a watermark stays without.
     *
     * @param silence milliseconds since the last record, at the tip all the while
     */
    public void silent(ShardState shard, long silence) {
        if (shard.finished || silence < Window.IDLE || shard.highest == NOTHING) return;
        raise(shard, shard.highest + silence - Window.LATENESS);
    }

    /** Tells that a shard was read to its end: it leaves, and its children take over its watermark. */
    public void finish(ShardState finished) {
        finished.finished = true;
        for (ShardState child : shards.values()) {
            if (!child.given && child.parents.contains(finished.shardId)) inherit(child);
        }
        findLowest();
    }

    /** Lets the watermark of the stream come up to the lowest w: what ends at or before it is closed from then on. */
    public void advance() {
        if (lowest > watermark) watermark = lowest;
    }

    /** Closes every window that has a reading, whatever the shards' watermarks: what still comes for it is late. */
    public void closeAll() {
        if (latestEnd <= watermark) return;
        for (ShardState shard : shards.values()) {
            if (shard.watermark != NOTHING) shard.watermark = Math.max(shard.watermark, latestEnd);
        }
        watermark = latestEnd;
        findLowest();
    }

    /** Forgets all shards, as when the stream was deleted and made anew. Closed windows stay closed. */
    public void forgetShards() {
        shards.clear();
        findLowest();
    }

    /**
     * Takes note of which shards the stream still has. One that expired unread leaves, since it would hold windows open
     * for ever; one that was read to its end, and is of no more use to a child, is forgotten.
     */
    public void keepOnly(Set<String> existing) {
        for (ShardState shard : shards.values()) {
            if (!shard.finished && !existing.contains(shard.shardId)) finish(shard);
        }
        shards.values().removeIf(shard -> shard.finished && !existing.contains(shard.shardId) && !isAwaited(shard));
        findLowest();
    }

    /** The lowest w of all shards when windows were last closed; NOTHING before the first reading. */
    public long watermark() {
        return watermark;
    }

    /** End of the latest window that took a reading; NOTHING before the first one. */
    public long latestEnd() {
        return latestEnd;
    }

    /** Every shard that was made known, in that order. */
    public Collection<ShardState> shards() {
        return shards.values();
    }

    /** The shard of this name, or null. */
    public ShardState shard(String shardId) {
        return shards.get(shardId);
    }

    private void raise(ShardState shard, long to) {
        long before = shard.watermark;
        if (to <= before) return;
        shard.watermark = to;
        // Only what held the lowest back, or had none, can change it.
        if (before == lowest || before == NOTHING) findLowest();
    }

    /** Whether a child is still without readings of its own, so that what it inherits matters. */
    private boolean isAwaited(ShardState shard) {
        return shards.values().stream()
                .anyMatch(child -> child.parents.contains(shard.shardId) && !child.given && !child.finished);
    }

    private void findLowest() {
        long least = Long.MAX_VALUE;
        for (ShardState shard : shards.values()) {
            if (!shard.finished && shard.watermark != NOTHING && shard.watermark < least) least = shard.watermark;
        }
        lowest = least == Long.MAX_VALUE ? NOTHING : least;
    }

    /** The lowest watermark of those parents that have one. */
    private void inherit(ShardState child) {
        long least = Long.MAX_VALUE;
        for (String parentId : child.parents) {
            ShardState parent = shards.get(parentId);
            if (parent != null && parent.watermark != NOTHING) least = Math.min(least, parent.watermark);
        }
        if (least == Long.MAX_VALUE) return;
        child.watermark = Math.max(child.watermark, least);
        child.highest = Math.max(child.highest, least + Window.LATENESS);
    }
}
