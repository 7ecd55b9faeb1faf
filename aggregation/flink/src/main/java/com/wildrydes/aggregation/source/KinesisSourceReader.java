package com.wildrydes.aggregation.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;

/** Emits what its shards say, and keeps how far each was emitted. */
final class KinesisSourceReader
        extends SingleThreadMultiplexSourceReaderBase<ShardRecord, ShardRecord, ShardSplit, ShardSplit.Place> {
    /**
     * Checkpoints that a finished shard stays in: the enumerator may be told just after it has taken its part of one,
     * and must be told again if that is the one to go on from.
     */
    private static final int CHECKPOINTS = 3;

    private final SourceReaderContext context;

    /** Shards that were read to their ends, and the checkpoints that were completed since. */
    private final Map<ShardSplit, Integer> finished = new HashMap<>();

    KinesisSourceReader(KinesisSettings settings, SourceReaderContext context) {
        super(
                () -> new ShardSplitReader(settings),
                KinesisSourceReader::emit,
                context.getConfiguration(),
                context);
        this.context = context;
    }

    private static void emit(
            ShardRecord record,
            SourceOutput<ShardRecord> output,
            ShardSplit.Place place) {
        output.collect(record);
        place.emitted(record);
    }

    @Override
    public void addSplits(List<ShardSplit> splits) {
        List<ShardSplit> ended = splits.stream().filter(ShardSplit::finished).toList();
        if (!ended.isEmpty()) tell(ended);
        super.addSplits(splits.stream().filter(split -> !split.finished()).toList());
    }

    @Override
    public List<ShardSplit> snapshotState(long checkpointId) {
        List<ShardSplit> splits = new ArrayList<>(super.snapshotState(checkpointId));
        splits.addAll(finished.keySet());
        return splits;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        finished.replaceAll((split, checkpoints) -> checkpoints + 1);
        finished.values().removeIf(checkpoints -> checkpoints >= CHECKPOINTS);
    }

    @Override
    protected void onSplitFinished(Map<String, ShardSplit.Place> places) {
        tell(places.values().stream().map(place -> place.split().ended()).toList());
    }

    @Override
    protected ShardSplit.Place initializedState(ShardSplit split) {
        return new ShardSplit.Place(split);
    }

    @Override
    protected ShardSplit toSplitType(String splitId, ShardSplit.Place place) {
        return place.split();
    }

    private void tell(List<ShardSplit> ended) {
        ended.forEach(split -> finished.put(split, 0));
        context.sendSourceEventToCoordinator(new ShardsFinished(ended));
    }
}
