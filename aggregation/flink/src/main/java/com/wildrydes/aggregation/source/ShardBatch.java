package com.wildrydes.aggregation.source;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** What one answer of a shard came to; or nothing. */
final class ShardBatch implements RecordsWithSplitIds<ShardRecord> {
    private final String shardId;
    private final Iterator<ShardRecord> records;
    private final boolean finished;
    private boolean begun;

    /** Of no shard. */
    static ShardBatch nothing() {
        return new ShardBatch(null, List.of(), false);
    }

    /**
     * @param shardId null: of no shard
     * @param records what it said, in order
     * @param finished whether nothing comes after it
     */
    ShardBatch(String shardId, List<ShardRecord> records, boolean finished) {
        this.shardId = shardId;
        this.records = records.iterator();
        this.finished = finished;
    }

    @Override
    public String nextSplit() {
        if (begun) return null;
        begun = true;
        return shardId;
    }

    @Override
    public ShardRecord nextRecordFromSplit() {
        return records.hasNext() ? records.next() : null;
    }

    @Override
    public Set<String> finishedSplits() {
        return finished ? Set.of(shardId) : Set.of();
    }
}
