package com.wildrydes.aggregation.sink;

import com.wildrydes.aggregation.source.KinesisSettings;
import com.wildrydes.aggregation.source.Retries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * Sends batches: what is refused in part is sent again in part, for as long as it takes.
 *
 * <p>It does not hand back what cannot be sent now: Flink would ask again at once, ten times, and then fail the job
 * (sink.committer.retries; source: https://github.com/apache/flink/pull/25547). So the task waits here: nothing is read
 * or checkpointed until the stream takes records again, and a job that starts over meanwhile waits here too.
 */
final class KinesisCommitter implements Committer<Batch> {
    private static final Logger LOG = LoggerFactory.getLogger(KinesisCommitter.class);

    /** Milliseconds between two warnings of the same trouble. */
    private static final long WARNING = 30_000;

    private final KinesisSettings settings;
    private final KinesisClient client;
    private final Counter sent;
    private long warned = -WARNING;

    KinesisCommitter(KinesisSettings settings, MetricGroup metrics) {
        this.settings = settings;
        this.client = settings.client();
        this.sent =
                metrics.addGroup("KinesisAnalytics").addGroup("Program", "WildRydesAggregation").counter("sent");
    }

    @Override
    public void commit(Collection<CommitRequest<Batch>> requests) throws IOException, InterruptedException {
        for (CommitRequest<Batch> request : requests) {
            Batch batch = request.getCommittable();
            send(batch.records());
            Pending.sent(batch.id());
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private void send(List<Outgoing> records) throws InterruptedException {
        List<Outgoing> left = attempt(records);
        for (int failures = 1; !left.isEmpty(); failures++) {
            Thread.sleep(Retries.pause(failures));
            List<Outgoing> still = attempt(left);
            // A stream that takes a part of it each time is slow, not gone.
            if (still.size() < left.size()) failures = 0;
            left = still;
        }
        Pending.tellTrouble(null);
    }

    /** Sends once, and gives what was refused. */
    private List<Outgoing> attempt(List<Outgoing> records) {
        try {
            List<PutRecordsRequestEntry> entries = new ArrayList<>(records.size());
            for (Outgoing record : records) {
                entries.add(
                        PutRecordsRequestEntry.builder()
                                .partitionKey(record.partitionKey())
                                .data(SdkBytes.fromByteArrayUnsafe(record.data()))
                                .build());
            }
            PutRecordsResponse answer =
                    client.putRecords(request -> request.streamName(settings.streamName()).records(entries));
            sent.inc(records.size() - answer.failedRecordCount());
            if (answer.failedRecordCount() == 0) return List.of();
            return refused(records, answer.records());
        } catch (ResourceNotFoundException missing) {
            return trouble(records, missing);
        } catch (SdkException error) {
            if (!Retries.mayPass(error)) throw error;
            return trouble(records, error);
        }
    }

    private List<Outgoing> refused(List<Outgoing> records, List<PutRecordsResultEntry> results) {
        List<Outgoing> refused = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            PutRecordsResultEntry result = results.get(i);
            if (result.errorCode() == null) continue;
            refused.add(records.get(i));
            Pending.tellTrouble(settings.streamName() + ": " + result.errorCode() + ": " + result.errorMessage());
        }
        return refused;
    }

    private List<Outgoing> trouble(List<Outgoing> records, SdkException error) {
        long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        if (now - warned >= WARNING) {
            warned = now;
            LOG.warn("stream {} cannot be written to, which is tried again: {}", settings.streamName(), error.getMessage());
        }
        Pending.tellTrouble(settings.streamName() + ": " + error.getMessage());
        return records;
    }
}
