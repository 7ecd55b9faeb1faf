package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.sink.Pending;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What a process that runs the job within itself sees and asks of it: the books by name, how far each shard was read,
 * and to close all windows. On AWS there is none, and the totals are metrics.
 *
 * <p>There is one at most in a JVM, opened before the job starts: Flink makes the operators, so that nothing can be
 * handed to them. All methods may be called from any thread.
 */
public final class Desk {
    private static volatile Desk current;

    /** How far a shard was read. */
    public static final class ShardDesk {
        public String sequenceNumber;
        public long lastArrival;
        public boolean atTip;
        public long tips;
        public long watermark;
        public boolean finished;
    }

    private record Books(Map<String, Account> accounts, Account total) {}

    private final Map<String, ShardDesk> shards = new HashMap<>();
    private final Map<Integer, Books> books = new HashMap<>();
    private long watermark;
    private boolean judgeOpen;
    private long judged;
    private long booked;
    private long closedWindows;
    private long emitted;
    private CompletableFuture<Long> closing;
    private boolean closeRequested;

    /** Opens the desk of this JVM. */
    public static Desk open() {
        current = new Desk();
        return current;
    }

    static Desk current() {
        return current;
    }

    // The operators' side.

    /** The job starts, or starts again after a failure. */
    synchronized void judgeOpens() {
        Pending.forget();
        shards.clear();
        judged = 0;
        booked = 0;
        closedWindows = 0;
        emitted = 0;
        judgeOpen = true;
    }

    synchronized void booksOpen(int subtask, Map<String, Account> accounts, Account total) {
        books.put(subtask, new Books(accounts, total));
    }

    synchronized void judged() {
        judged++;
    }

    /** Changes the books by one record, while nobody reads them. */
    synchronized void book(Runnable record) {
        record.run();
        booked++;
    }

    /** Changes the books by one window that closes, while nobody reads them. */
    synchronized void close(Runnable window) {
        window.run();
        closedWindows++;
    }

    /** The SQL has given a window's summary, and the sink is about to have it. */
    synchronized void emitted() {
        emitted++;
    }

    synchronized void heard(ShardEvent event, long shardWatermark, boolean finished, long streamWatermark) {
        ShardDesk shard = shards.computeIfAbsent(event.shardId(), id -> new ShardDesk());
        shard.watermark = shardWatermark;
        shard.finished = finished;
        watermark = streamWatermark;
        switch (event.kind()) {
            case TIP -> {
                shard.atTip = true;
                shard.tips++;
            }
            case READING, QUARANTINED -> {
                shard.atTip = false;
                shard.sequenceNumber = event.sequenceNumber();
                shard.lastArrival = event.arrival();
            }
            case STARTED, FINISHED -> {}
        }
    }

    synchronized boolean takeCloseRequest() {
        boolean requested = closeRequested;
        closeRequested = false;
        return requested;
    }

    synchronized void closed(long to) {
        watermark = to;
        if (closing != null) closing.complete(to);
        closing = null;
    }

    // The process's side.

    /** The books of some names together, or of everything. Null names: everything. */
    public synchronized Account tally(Collection<String> names) {
        Account sum = new Account();
        for (Books each : books.values()) {
            if (names == null) {
                sum.add(each.total);
                continue;
            }
            for (String name : names.stream().distinct().toList()) {
                Account account = each.accounts.get(name);
                if (account != null) sum.add(account);
            }
        }
        return sum;
    }

    /** The stream's watermark, milliseconds since the epoch; ShardState.NOTHING before the first reading. */
    public synchronized long watermark() {
        return watermark;
    }

    /** The shards that were heard of, by name: copies. */
    public synchronized Map<String, ShardDesk> shards() {
        Map<String, ShardDesk> copies = new HashMap<>();
        shards.forEach((id, shard) -> copies.put(id, copyOf(shard)));
        return copies;
    }

    /** Whether the job has started: its operators have opened. */
    public synchronized boolean isOpen() {
        return judgeOpen && !books.isEmpty();
    }

    /** Whether all records that were judged are in the books. */
    public synchronized boolean isBooked() {
        return booked >= judged;
    }

    /** Summaries on their way from a window that the books say is closed to the sink. */
    public synchronized long inTransit() {
        return closedWindows - emitted;
    }

    /** Windows that are open: one for each unicorn and minute. */
    public long openWindows() {
        return tally(null).openWindows;
    }

    /** Asks the judge to close all windows, at the next thing that it hears. Gives the watermark after it. */
    public synchronized CompletableFuture<Long> closeAll() {
        if (closing == null) closing = new CompletableFuture<>();
        closeRequested = true;
        return closing;
    }

    /** Names of all accounts. For tests. */
    public synchronized List<String> names() {
        List<String> names = new ArrayList<>();
        for (Books each : books.values()) names.addAll(each.accounts.keySet());
        return names;
    }

    private static ShardDesk copyOf(ShardDesk shard) {
        ShardDesk copy = new ShardDesk();
        copy.sequenceNumber = shard.sequenceNumber;
        copy.lastArrival = shard.lastArrival;
        copy.atTip = shard.atTip;
        copy.tips = shard.tips;
        copy.watermark = shard.watermark;
        copy.finished = shard.finished;
        return copy;
    }
}
