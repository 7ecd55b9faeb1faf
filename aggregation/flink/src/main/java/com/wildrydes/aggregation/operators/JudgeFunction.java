package com.wildrydes.aggregation.operators;

import static com.wildrydes.aggregation.rules.ShardState.NOTHING;

import com.wildrydes.aggregation.rules.Judge;
import com.wildrydes.aggregation.rules.ShardState;
import com.wildrydes.aggregation.source.ShardDirectory;
import com.wildrydes.aggregation.source.ShardDirectory.ListedShard;
import com.wildrydes.aggregation.source.ShardDirectory.Listing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Judges what the shards say, all of them in one place: which readings are late, and how far the stream's watermark
 * has come. Runs once in a job, whatever the parallelism (docs/decisions/flink-judge.md says why and what it costs).
 *
 * <p>It knows the shards from the directory, as the source does, because a shard that nobody has heard of yet must
 * hold windows open: at the start until each has given a reading or was found empty, and at a resharding from the
 * moment that the parent ends.
 */
final class JudgeFunction extends ProcessFunction<ShardEvent, Judged> implements CheckpointedFunction {
    /** Times that shards are listed in search of a finished shard's children. */
    private static final int CHILD_LISTINGS = 5;

    /** Milliseconds between two of them. */
    private static final long RETRY = 1_000;

    private final ShardDirectory directory;

    private transient Judge judge;
    private transient List<ShardEvent> held;
    private transient Set<String> unread;
    private transient boolean joined;
    private transient long streamCreated;
    private transient Desk desk;

    private transient ListState<ShardState> shardsState;

    /** The watermark, the end of the latest window, and when the stream was created. */
    private transient ListState<Long> numbersState;

    private transient ListState<ShardEvent> heldState;

    /** @param directory null: the shards themselves tell all there is */
    JudgeFunction(ShardDirectory directory) {
        this.directory = directory;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        var store = context.getOperatorStateStore();
        shardsState = store.getListState(new ListStateDescriptor<>("shards", ShardState.class));
        numbersState = store.getListState(new ListStateDescriptor<>("numbers", Types.LONG));
        heldState = store.getListState(
                new ListStateDescriptor<>("held", TypeInformation.of(ShardEvent.class)));
        List<ShardState> shards = new ArrayList<>();
        shardsState.get().forEach(shards::add);
        List<Long> numbers = new ArrayList<>();
        numbersState.get().forEach(numbers::add);
        judge = numbers.isEmpty() ? new Judge() : new Judge(shards, numbers.get(0), numbers.get(1));
        streamCreated = numbers.isEmpty() ? 0 : numbers.get(2);
        held = new ArrayList<>();
        heldState.get().forEach(held::add);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        List<ShardState> shards = new ArrayList<>();
        for (ShardState shard : judge.shards()) shards.add(shard.copy());
        shardsState.update(shards);
        numbersState.update(List.of(judge.watermark(), judge.latestEnd(), streamCreated));
        heldState.update(new ArrayList<>(held));
    }

    @Override
    public void open(OpenContext context) {
        unread = new HashSet<>();
        joined = directory == null;
        desk = Desk.current();
        if (desk != null) desk.judgeOpens();
        getRuntimeContext().getMetricGroup()
                .addGroup("KinesisAnalytics").addGroup("Program", "WildRydesAggregation")
                .gauge("watermark", () -> judge.watermark());
    }

    @Override
    public void processElement(ShardEvent event, Context context, Collector<Judged> out) throws Exception {
        if (!joined) join();
        if (desk != null && desk.takeCloseRequest()) {
            judge.closeAll();
            emit(Judged.tick(judge.watermark()), out);
            desk.closed(judge.watermark());
        }
        if (mustWait(event)) {
            held.add(event);
            return;
        }
        judge(event, out);
        if (event.kind() == ShardEvent.Kind.FINISHED && !held.isEmpty()) release(out);
    }

    private void judge(ShardEvent event, Collector<Judged> out) throws Exception {
        long before = judge.watermark();
        ShardState shard = judge.start(event.shardId(), event.parents());
        switch (event.kind()) {
            case STARTED -> {}
            case READING -> {
                boolean accepted = judge.accept(shard, event.instant());
                if (shard.watermark != NOTHING) unread.remove(event.shardId());
                advance();
                emit(judged(event, accepted ? Judged.Fate.ACCEPTED : Judged.Fate.LATE), out);
            }
            case QUARANTINED -> emit(judged(event, Judged.Fate.QUARANTINED), out);
            case TIP -> {
                judge.silent(shard, event.silence());
                unread.remove(event.shardId());
                advance();
            }
            case FINISHED -> {
                unread.remove(event.shardId());
                finish(shard);
                advance();
            }
        }
        if (judge.watermark() != before && event.kind() != ShardEvent.Kind.READING) {
            emit(Judged.tick(judge.watermark()), out);
        }
        if (desk != null) desk.heard(event, shard.watermark, shard.finished, judge.watermark());
    }

    /** While a shard is still to be asked for the first time, nobody knows how far back its readings go. */
    private void advance() {
        if (unread.isEmpty()) judge.advance();
    }

    /** Finds out which shards there are, and begins anew with them if the stream is not the one that was read. */
    private void join() throws IOException {
        Listing listing = directory.list();
        if (streamCreated != 0 && streamCreated != listing.created()) {
            judge.forgetShards();
            held.clear();
        }
        streamCreated = listing.created();
        judge.keepOnly(listing.shardIds());
        begin(listing.readable(this::isFinished));
        joined = true;
    }

    /** Makes shards known that are about to be read. */
    private void begin(List<ListedShard> shards) {
        for (ListedShard each : shards) {
            ShardState shard = judge.start(each.shardId(), each.parents());
            if (shard.watermark == NOTHING) unread.add(each.shardId());
        }
    }

    private boolean isFinished(String shardId) {
        ShardState shard = judge.shard(shardId);
        return shard != null && shard.finished;
    }

    /** Its children are made known first: one that is not known yet would hold no window open. */
    private void finish(ShardState shard) throws Exception {
        Listing listing = directory == null ? new Listing(0, List.of()) : listWithChildrenOf(shard.shardId);
        List<ListedShard> children = listing.childrenOf(shard.shardId);
        for (ListedShard child : children) judge.start(child.shardId(), child.parents());
        judge.finish(shard);
        begin(listing.readable(this::isFinished).stream().filter(children::contains).toList());
    }

    /** The service may take a moment to list children. */
    private Listing listWithChildrenOf(String shardId) throws Exception {
        for (int listings = 1; ; listings++) {
            Listing listing = directory.list();
            if (!listing.childrenOf(shardId).isEmpty() || listings == CHILD_LISTINGS) return listing;
            Thread.sleep(RETRY);
        }
    }

    /** A child may be read elsewhere, and be heard before the last of its parents: it waits for them. */
    private boolean mustWait(ShardEvent event) {
        ShardState shard = judge.shard(event.shardId());
        List<String> parents = shard == null ? event.parents() : shard.parents;
        for (String parentId : parents) {
            ShardState parent = judge.shard(parentId);
            if (parent != null && !parent.finished) return event.kind() != ShardEvent.Kind.STARTED;
        }
        return false;
    }

    private void release(Collector<Judged> out) throws Exception {
        List<ShardEvent> waiting = held;
        held = new ArrayList<>();
        for (ShardEvent event : waiting) {
            if (mustWait(event)) held.add(event);
            else judge(event, out);
        }
    }

    private void emit(Judged judged, Collector<Judged> out) {
        if (desk != null && judged.fate() != Judged.Fate.TICK) desk.judged();
        out.collect(judged);
    }

    private Judged judged(ShardEvent event, Judged.Fate fate) {
        return new Judged(
                fate,
                event.account(),
                event.instant(),
                event.micrometres(),
                event.magicPoints(),
                event.healthPoints(),
                judge.watermark());
    }
}
