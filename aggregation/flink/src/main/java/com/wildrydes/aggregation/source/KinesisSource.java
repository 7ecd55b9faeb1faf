package com.wildrydes.aggregation.source;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a Kinesis stream from its oldest record on, each shard in order, children after their parents, and says beside
 * the records when a shard was read to its tip and to its end. Exactly once in terms of state: how far each shard was
 * read is part of every checkpoint.
 *
 * <p>docs/decisions/flink-source.md says why it is not Flink's own connector.
 */
public final class KinesisSource
        implements Source<ShardRecord, ShardSplit, Assignment>, ResultTypeQueryable<ShardRecord> {
    private final KinesisSettings settings;

    public KinesisSource(KinesisSettings settings) {
        this.settings = settings;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<ShardRecord, ShardSplit> createReader(SourceReaderContext context) {
        return new KinesisSourceReader(settings, context);
    }

    @Override
    public SplitEnumerator<ShardSplit, Assignment> createEnumerator(SplitEnumeratorContext<ShardSplit> context) {
        return restoreEnumerator(context, null);
    }

    @Override
    public SplitEnumerator<ShardSplit, Assignment> restoreEnumerator(
            SplitEnumeratorContext<ShardSplit> context, Assignment saved) {
        return new ShardEnumerator(context, new KinesisShardDirectory(settings), saved);
    }

    @Override
    public SimpleVersionedSerializer<ShardSplit> getSplitSerializer() {
        return new Versioned.OfSplit();
    }

    @Override
    public SimpleVersionedSerializer<Assignment> getEnumeratorCheckpointSerializer() {
        return new Versioned.OfAssignment();
    }

    @Override
    public TypeInformation<ShardRecord> getProducedType() {
        return TypeInformation.of(ShardRecord.class);
    }
}
