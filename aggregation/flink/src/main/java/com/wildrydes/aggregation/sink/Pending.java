package com.wildrydes.aggregation.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What the sinks of this JVM have taken and not yet sent: what a process that runs the job within itself tells of its
 * outbox. Records that a restart finds in its checkpoint are not counted.
 */
public final class Pending {
    private static final Map<Object, Integer> TAKEN = new HashMap<>();
    private static final Map<UUID, Integer> BATCHES = new HashMap<>();
    private static volatile String trouble;

    private Pending() {}

    /** Records that are not sent yet. */
    public static synchronized int records() {
        int sum = 0;
        for (int records : TAKEN.values()) sum += records;
        for (int records : BATCHES.values()) sum += records;
        return sum;
    }

    /** Why records cannot be sent; null if nothing is wrong. */
    public static String trouble() {
        return trouble;
    }

    static void tellTrouble(String text) {
        trouble = text;
    }

    /** A writer begins: what one before it had will be taken again. */
    static synchronized void begin(Object writer) {
        TAKEN.put(writer, 0);
    }

    static synchronized void end(Object writer) {
        TAKEN.remove(writer);
    }

    static synchronized void take(Object writer) {
        TAKEN.merge(writer, 1, Integer::sum);
    }

    static synchronized void handOver(Object writer, Iterable<Batch> batches) {
        TAKEN.put(writer, 0);
        for (Batch batch : batches) BATCHES.put(batch.id(), batch.records().size());
    }

    static synchronized void sent(UUID batch) {
        BATCHES.remove(batch);
    }

    /** All that was handed over and not sent is forgotten: a job that starts again takes it from its checkpoint. */
    public static synchronized void forget() {
        BATCHES.clear();
    }
}
