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

/** Sends batches: what is refused in part is sent again in part, and what cannot be sent now is sent later. */
final class KinesisCommitter implements Committer<Batch> {
    private static final Logger LOG = LoggerFactory.getLogger(KinesisCommitter.class);

    /** Milliseconds that one batch is tried before the next: the task does nothing else meanwhile. */
    private static final long PATIENCE = 20_000;

    private final KinesisSettings settings;
    private final KinesisClient client;
    private final Counter sent;

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
            List<Outgoing> left = send(batch.records());
            if (left.isEmpty()) Pending.sent(batch.id());
            else request.updateAndRetryLater(new Batch(batch.id(), left));
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** Gives what could not be sent in time. */
    private List<Outgoing> send(List<Outgoing> records) throws InterruptedException {
        List<Outgoing> left = records;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        for (int failures = 1; ; failures++) {
            left = attempt(left);
            if (left.isEmpty()) {
                Pending.tellTrouble(null);
                return left;
            }
            if (System.nanoTime() > until) return left;
            Thread.sleep(Retries.pause(failures));
        }
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
        LOG.warn("stream {} cannot be written to, which is tried again: {}", settings.streamName(), error.getMessage());
        Pending.tellTrouble(settings.streamName() + ": " + error.getMessage());
        return records;
    }
}
