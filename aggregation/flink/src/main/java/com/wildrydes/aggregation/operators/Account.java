package com.wildrydes.aggregation.operators;

/**
 * What became of the records of one account, in records; at any moment delivered = summarised + duplicates + late +
 * quarantined + open. The twin of Tally in telemetry/balance.ts. A POJO in Flink's sense, so that it can gain fields.
 */
public final class Account {
    /** The Name of valid readings, the partition key of other records. */
    public String name = "";

    public long delivered;
    public long summarised;
    public long duplicates;
    public long late;
    public long quarantined;
    public long open;

    /** Windows closed. */
    public long summaries;

    /** Windows that are open. */
    public long openWindows;

    /** For Flink. */
    public Account() {}

    Account(String name) {
        this.name = name;
    }

    void book(Judged.Fate fate, BooksFunction.Kept kept) {
        delivered++;
        switch (fate) {
            case LATE -> late++;
            case QUARANTINED -> quarantined++;
            case ACCEPTED -> {
                if (kept == BooksFunction.Kept.NOT) duplicates++;
                else open++;
                if (kept == BooksFunction.Kept.FIRST) openWindows++;
            }
            case TICK -> throw new IllegalArgumentException("a tick is no record");
        }
    }

    void close(int readings) {
        open -= readings;
        summarised += readings;
        summaries++;
        openWindows--;
    }

    void add(Account other) {
        delivered += other.delivered;
        summarised += other.summarised;
        duplicates += other.duplicates;
        late += other.late;
        quarantined += other.quarantined;
        open += other.open;
        summaries += other.summaries;
        openWindows += other.openWindows;
    }

    Account copy() {
        Account copy = new Account(name);
        copy.add(this);
        return copy;
    }
}
