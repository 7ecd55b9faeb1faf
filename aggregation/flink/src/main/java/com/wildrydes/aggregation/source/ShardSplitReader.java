package com.wildrydes.aggregation.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * Polls shards in turn, each as often as it may be, and says what they say.
 *
 * <p>A failure that may pass is retried for as long as it takes; so is a stream that is gone, since it may come back. A
 * shard that has expired is said to have finished. Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
final class ShardSplitReader implements SplitReader<ShardRecord, ShardSplit> {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSplitReader.class);

    /** Milliseconds between two reads of a shard at its tip: a shard gives five answers a second. */
    private static final long POLL = 250;

    /** Milliseconds between two reads of a shard with a backlog. */
    private static final long CATCH_UP = 0;

    /** Most records of an answer. */
    private static final int LIMIT = 10_000;

    /** Milliseconds between two warnings of the same trouble. */
    private static final long WARNING = 30_000;

    private final KinesisClient client;
    private final KinesisSettings settings;
    private final ShardDirectory directory;
    private final Deque<Polled> shards = new ArrayDeque<>();
    private final Set<String> paused = new HashSet<>();
    private boolean awake;
    private long warned = -WARNING;

    /** A shard that is read. Times are of System.nanoTime, in milliseconds. */
    private static final class Polled {
        final ShardSplit split;
        String after;
        String iterator;
        long due;
        int failures;
        boolean said;

        /** Whether it was found to be of the stream that there is now. */
        boolean checked;

        /** Since when it is at its tip and silent; -1 while it is not. */
        long silentSince = -1;

        Polled(ShardSplit split, long now) {
            this.split = split;
            this.after = split.after();
            this.due = now;
        }

        boolean continues(Polled other) {
            return split.streamCreated() == other.split.streamCreated()
                    && split.parents().contains(other.split.shardId());
        }
    }

    ShardSplitReader(KinesisSettings settings) {
        this.settings = settings;
        // Whatever fails is tried again here, where a wait can be woken.
        this.directory = new KinesisShardDirectory(settings, 1);
        this.client = settings.client();
    }

    @Override
    public RecordsWithSplitIds<ShardRecord> fetch() throws IOException {
        Polled shard = next();
        if (shard == null) return ShardBatch.nothing();
        try {
            if (!shard.checked) {
                Set<String> gone = gone(shard);
                if (!gone.isEmpty()) return ShardBatch.end(gone);
            }
            if (!shard.said) {
                shard.said = true;
                shards.addFirst(shard);
                ShardRecord started = ShardRecord.started(shard.split.shardId(), shard.split.parents());
                return ShardBatch.of(shard.split, List.of(started));
            }
            GetRecordsResponse answer = read(shard);
            shard.failures = 0;
            return batch(shard, answer);
        } catch (ExpiredIteratorException expired) {
            // A new one is asked for after the last record that it gave: at once, unless that expires too.
            shard.iterator = null;
            if (++shard.failures > 1) shard.due = now() + Retries.pause(shard.failures - 1);
            shards.add(shard);
        } catch (ResourceNotFoundException missing) {
            return lost(shard, missing);
        } catch (SdkException error) {
            if (!Retries.mayPass(error)) throw error;
            later(shard, error);
        } catch (IOException unlisted) {
            later(shard, unlisted);
        }
        return ShardBatch.nothing();
    }

    @Override
    public void handleSplitsChanges(SplitsChange<ShardSplit> change) {
        for (ShardSplit split : change.splits()) shards.add(new Polled(split, now()));
    }

    @Override
    public void pauseOrResumeSplits(Collection<ShardSplit> toPause, Collection<ShardSplit> toResume) {
        toPause.forEach(split -> paused.add(split.splitId()));
        toResume.forEach(split -> paused.remove(split.splitId()));
    }

    @Override
    public synchronized void wakeUp() {
        awake = true;
        notifyAll();
    }

    @Override
    public void close() {
        client.close();
    }

    /** Takes the shard whose turn it is out of the queue; waits until one is due. Null when woken, or without any. */
    private Polled next() throws IOException {
        Polled soonest = null;
        for (Polled shard : shards) {
            if (paused.contains(shard.split.splitId())) continue;
            // A child that was given before a crash may be given again while its parent's end is read once more.
            if (shards.stream().anyMatch(shard::continues)) continue;
            if (soonest == null || shard.due < soonest.due) soonest = shard;
        }
        if (!await(soonest == null ? POLL : soonest.due - now()) || soonest == null) return null;
        shards.remove(soonest);
        return soonest;
    }

    /** Waits; false if woken before. */
    private synchronized boolean await(long milliseconds) throws IOException {
        try {
            long until = now() + milliseconds;
            for (long left = milliseconds; left > 0 && !awake; left = until - now()) wait(left);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a shard", interruption);
        }
        boolean woken = awake;
        awake = false;
        return !woken;
    }

    private GetRecordsResponse read(Polled shard) throws IOException {
        if (shard.iterator == null) shard.iterator = iterator(shard);
        return client.getRecords(request -> request.shardIterator(shard.iterator).limit(LIMIT));
    }

    /**
     * Takes out the shards of a stream that was deleted since: the enumerator gives those of the stream that has its
     * name now. One question serves all that came with this one, which is among them or is put off by a failure.
     *
     * @param shard one that is not checked yet
     * @return the splits that were taken out; empty if this shard is to be read
     */
    private Set<String> gone(Polled shard) throws IOException {
        long created = directory.list().created();
        List<Polled> all = new ArrayList<>(shards);
        all.add(shard);
        Set<String> gone = new HashSet<>();
        for (Polled each : all) {
            each.checked = true;
            if (each.split.streamCreated() == created) continue;
            if (each.said) throw madeAnew();
            gone.add(each.split.splitId());
        }
        if (gone.isEmpty()) return gone;
        if (!gone.contains(shard.split.splitId())) shards.add(shard);
        shards.removeIf(each -> gone.contains(each.split.splitId()));
        LOG.warn("stream {} was made anew: {} shards of before are left", settings.streamName(), gone.size());
        return gone;
    }

    /** Everything begins again from the checkpoint: who judges the records must hear of it too. */
    private IllegalStateException madeAnew() {
        return new IllegalStateException(
                "stream " + settings.streamName() + " was made anew while it was read: it is read from its start");
    }

    private String iterator(Polled shard) {
        GetShardIteratorRequest.Builder request =
                GetShardIteratorRequest.builder()
                        .streamName(settings.streamName())
                        .shardId(shard.split.shardId());
        if (shard.after == null) {
            request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
        } else {
            request.shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER).startingSequenceNumber(shard.after);
        }
        return client.getShardIterator(request.build()).shardIterator();
    }

    private ShardBatch batch(Polled shard, GetRecordsResponse answer) {
        String shardId = shard.split.shardId();
        long now = now();
        List<ShardRecord> said = new ArrayList<>(answer.records().size() + 2);
        for (Record record : answer.records()) {
            said.add(
                    ShardRecord.record(
                            shardId,
                            record.sequenceNumber(),
                            record.partitionKey(),
                            record.approximateArrivalTimestamp().toEpochMilli(),
                            record.data().asByteArrayUnsafe()));
        }
        if (!answer.records().isEmpty()) {
            shard.after = answer.records().get(answer.records().size() - 1).sequenceNumber();
        }

        boolean atTip = answer.millisBehindLatest() != null && answer.millisBehindLatest() == 0;
        if (!atTip) {
            shard.silentSince = -1;
        } else {
            if (!answer.records().isEmpty() || shard.silentSince == -1) shard.silentSince = now;
            said.add(ShardRecord.tip(shardId, now - shard.silentSince));
        }
        if (answer.nextShardIterator() == null) {
            said.add(ShardRecord.finished(shardId));
            return ShardBatch.last(shard.split, said);
        }
        shard.iterator = answer.nextShardIterator();
        shard.due = now + (atTip ? POLL : CATCH_UP);
        shards.add(shard);
        return ShardBatch.of(shard.split, said);
    }

    /** A shard that is not there any more has expired, unless it is the stream that is not there. */
    private ShardBatch lost(Polled shard, ResourceNotFoundException missing) {
        try {
            ShardDirectory.Listing listing = directory.list();
            if (listing.created() != shard.split.streamCreated()) throw madeAnew();
            if (!listing.shardIds().contains(shard.split.shardId())) {
                LOG.warn("shard {} has expired: it counts as read to its end", shard.split.shardId());
                return ShardBatch.last(shard.split, List.of(ShardRecord.finished(shard.split.shardId())));
            }
        } catch (IOException unlisted) {
            // Not even the stream can be asked: it may come back.
        }
        later(shard, missing);
        return ShardBatch.nothing();
    }

    private void later(Polled shard, Exception error) {
        shard.failures++;
        shard.due = now() + Retries.pause(shard.failures);
        shards.add(shard);
        if (now() - warned < WARNING) return;
        warned = now();
        LOG.warn("shard {} cannot be read, which is tried again: {}", shard.split.shardId(), error.getMessage());
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
