package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.rules.Window;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/**
 * Absorbs duplicates, and keeps the books: for every account what became of its records. What it passes on is counted
 * in a window each, exactly once.
 *
 * <p>The instants of open windows are keyed state. The books are not: a sum over all subtasks is an account's books
 * wherever its parts lie, so that they cost no access to state for each record.
 */
final class BooksFunction extends KeyedProcessFunction<String, Judged, Row> implements CheckpointedFunction {
    /** What the SQL sees of a reading. */
    static final TypeInformation<Row> READING =
            Types.ROW_NAMED(
                    new String[] {"Name", "StatusTime", "Distance", "MagicPoints", "HealthPoints"},
                    Types.STRING,
                    Types.LOCAL_DATE_TIME,
                    Types.BIG_DEC,
                    Types.INT,
                    Types.INT);

    private static final int MICRO = 6;

    private transient MapState<Long, int[]> instants;
    private transient ListState<Account> accountsState;
    private transient Map<String, Account> accounts;
    private transient Account total;
    private transient Desk desk;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        accountsState =
                context.getOperatorStateStore().getListState(new ListStateDescriptor<>("accounts", Account.class));
        accounts = new HashMap<>();
        total = new Account();
        for (Account account : accountsState.get()) {
            accounts.computeIfAbsent(account.name, Account::new).add(account);
            total.add(account);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        List<Account> copies = new ArrayList<>(accounts.size());
        for (Account account : accounts.values()) copies.add(account.copy());
        accountsState.update(copies);
    }

    @Override
    public void open(OpenContext context) {
        instants =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "instants",
                                        Types.LONG,
                                        PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO));
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup()
                        .addGroup("KinesisAnalytics").addGroup("Program", "WildRydesAggregation");
        metrics.gauge("delivered", () -> total.delivered);
        metrics.gauge("summarised", () -> total.summarised);
        metrics.gauge("duplicates", () -> total.duplicates);
        metrics.gauge("late", () -> total.late);
        metrics.gauge("quarantined", () -> total.quarantined);
        metrics.gauge("open", () -> total.open);
        metrics.gauge("summaries", () -> total.summaries);
        desk = Desk.current();
        if (desk != null) desk.booksOpen(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), accounts, total);
    }

    @Override
    public void processElement(Judged judged, Context context, Collector<Row> out) throws Exception {
        Kept kept = judged.fate() == Judged.Fate.ACCEPTED ? keep(judged.instant(), context) : Kept.NOT;
        if (desk == null) book(judged, kept);
        else desk.book(() -> book(judged, kept));
        if (kept != Kept.NOT) out.collect(row(judged));
    }

    /** A window closes: the SQL emits its summary at the same watermark. */
    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Row> out) throws Exception {
        long start = EventTime.fromFlink(timestamp) + 1 - Window.SIZE;
        int readings = instants.get(start).length;
        instants.remove(start);
        String name = context.getCurrentKey();
        if (desk == null) close(name, readings);
        else desk.close(() -> close(name, readings));
    }

    /** What became of a reading's instant. */
    enum Kept {
        /** It was there already, or is of no interest. */
        NOT,
        /** It was kept. */
        ALSO,
        /** It was kept, as the first of its window. */
        FIRST
    }

    private Kept keep(long instant, Context context) throws Exception {
        long start = Window.startOf(instant);
        int offset = (int) (instant - start);
        int[] kept = instants.get(start);
        if (kept == null) {
            context.timerService().registerEventTimeTimer(EventTime.forFlink(start + Window.SIZE - 1));
            instants.put(start, new int[] {offset});
            return Kept.FIRST;
        }
        int place = Arrays.binarySearch(kept, offset);
        if (place >= 0) return Kept.NOT;
        int at = -place - 1;
        int[] more = new int[kept.length + 1];
        System.arraycopy(kept, 0, more, 0, at);
        more[at] = offset;
        System.arraycopy(kept, at, more, at + 1, kept.length - at);
        instants.put(start, more);
        return Kept.ALSO;
    }

    private void book(Judged judged, Kept kept) {
        Account account = accounts.computeIfAbsent(judged.account(), Account::new);
        account.book(judged.fate(), kept);
        total.book(judged.fate(), kept);
    }

    private void close(String name, int readings) {
        // After a change of parallelism the rest of its books may lie with another subtask: the sum is what counts.
        accounts.computeIfAbsent(name, Account::new).close(readings);
        total.close(readings);
    }

    private static Row row(Judged judged) {
        return Row.of(
                judged.account(),
                EventTime.forSql(judged.instant()),
                BigDecimal.valueOf(judged.micrometres(), MICRO),
                judged.magicPoints(),
                judged.healthPoints());
    }
}
