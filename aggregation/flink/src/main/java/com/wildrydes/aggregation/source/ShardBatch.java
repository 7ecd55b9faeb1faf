package com.wildrydes.aggregation.source;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** What one answer of a shard came to; or nothing. */
final class ShardBatch implements RecordsWithSplitIds<ShardRecord> {
    private final String splitId;
    private final Iterator<ShardRecord> records;
    private final Set<String> finished;
    private boolean begun;

    /** Of no shard. */
    static ShardBatch nothing() {
        return end(Set.of());
    }

    /** Of no shard, and nothing comes after it from some: they end without a word. */
    static ShardBatch end(Set<String> splitIds) {
        return new ShardBatch(null, List.of(), splitIds);
    }

    /** Of one shard. */
    static ShardBatch of(ShardSplit split, List<ShardRecord> records) {
        return new ShardBatch(split.splitId(), records, Set.of());
    }

    /** Of one shard, and nothing comes after it. */
    static ShardBatch last(ShardSplit split, List<ShardRecord> records) {
        return new ShardBatch(split.splitId(), records, Set.of(split.splitId()));
    }

    private ShardBatch(String splitId, List<ShardRecord> records, Set<String> finished) {
        this.splitId = splitId;
        this.records = records.iterator();
        this.finished = finished;
    }

    @Override
    public String nextSplit() {
        if (begun) return null;
        begun = true;
        return splitId;
    }

    @Override
    public ShardRecord nextRecordFromSplit() {
        return records.hasNext() ? records.next() : null;
    }

    @Override
    public Set<String> finishedSplits() {
        return finished;
    }
}
