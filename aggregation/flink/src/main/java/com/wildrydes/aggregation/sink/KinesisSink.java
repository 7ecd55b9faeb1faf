package com.wildrydes.aggregation.sink;

import com.wildrydes.aggregation.source.KinesisSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Sends records to a Kinesis stream, each once a checkpoint holds it and not before: what a crash takes back has been
 * seen by nobody. Without that, a window that a silence closed could be sent, forgotten, and closed again with other
 * readings in it. Records may be sent twice, and are then the same.
 *
 * <p>So what is decided waits for the next checkpoint: their interval is the longest that a summary is held.
 */
public final class KinesisSink implements Sink<Outgoing>, SupportsCommitter<Batch> {
    /** Records of a request, and bytes of their data and keys: less than what Kinesis takes, for a batch is state too. */
    private static final int LARGEST_COUNT = 500;

    private static final int LARGEST_BYTES = 4 * 1024 * 1024;

    private final KinesisSettings settings;

    public KinesisSink(KinesisSettings settings) {
        this.settings = settings;
    }

    @Override
    public CommittingSinkWriter<Outgoing, Batch> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<Batch> createCommitter(CommitterInitContext context) {
        return new KinesisCommitter(settings, context.metricGroup());
    }

    @Override
    public SimpleVersionedSerializer<Batch> getCommittableSerializer() {
        return new Batch.Serializer();
    }

    /** Collects what comes between two checkpoints. */
    private static final class Writer implements CommittingSinkWriter<Outgoing, Batch> {
        private final List<Batch> batches = new ArrayList<>();
        private List<Outgoing> current = new ArrayList<>();
        private int bytes;

        Writer() {
            Pending.begin(this);
        }

        @Override
        public void write(Outgoing record, Context context) {
            int size = record.data().length + 4 * record.partitionKey().length();
            if (current.size() == LARGEST_COUNT || (bytes + size > LARGEST_BYTES && !current.isEmpty())) close(current);
            current.add(record);
            bytes += size;
            Pending.take(this);
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing leaves before it is committed.
        }

        @Override
        public Collection<Batch> prepareCommit() {
            if (!current.isEmpty()) close(current);
            List<Batch> handedOver = List.copyOf(batches);
            batches.clear();
            Pending.handOver(this, handedOver);
            return handedOver;
        }

        @Override
        public void close() {
            Pending.end(this);
        }

        private void close(List<Outgoing> records) {
            batches.add(new Batch(UUID.randomUUID(), records));
            current = new ArrayList<>();
            bytes = 0;
        }
    }
}
