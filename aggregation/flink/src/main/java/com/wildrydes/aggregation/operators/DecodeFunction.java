package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.rules.Decoded;
import com.wildrydes.aggregation.rules.Invalid;
import com.wildrydes.aggregation.rules.QuarantineEncoder;
import com.wildrydes.aggregation.rules.Reading;
import com.wildrydes.aggregation.rules.ReadingDecoder;
import com.wildrydes.aggregation.rules.Window;
import com.wildrydes.aggregation.sink.Outgoing;
import com.wildrydes.aggregation.source.ShardRecord;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Reads the records, and sends to quarantine what is no valid reading, or one from further in the future than a clock
 * may be wrong. Both are judged by the record alone, so that it can be done wherever its shard is read.
 */
final class DecodeFunction extends ProcessFunction<ShardRecord, ShardEvent> {
    /** Entries for the quarantine stream. */
    static final OutputTag<Outgoing> QUARANTINE = new OutputTag<>("quarantine") {};

    private static final List<String> NONE = List.of();

    private final String streamName;
    private transient ReadingDecoder decoder;

    /** @param streamName of the input stream, which quarantine entries name */
    DecodeFunction(String streamName) {
        this.streamName = streamName;
    }

    @Override
    public void open(OpenContext context) {
        decoder = new ReadingDecoder();
    }

    @Override
    public void processElement(ShardRecord record, Context context, Collector<ShardEvent> out) {
        switch (record.kind()) {
            case STARTED -> out.collect(bare(ShardEvent.Kind.STARTED, record));
            case TIP -> out.collect(bare(ShardEvent.Kind.TIP, record));
            case FINISHED -> out.collect(bare(ShardEvent.Kind.FINISHED, record));
            case RECORD -> decode(record, context, out);
        }
    }

    private void decode(ShardRecord record, Context context, Collector<ShardEvent> out) {
        Decoded decoded = decoder.decode(record.data());
        if (decoded instanceof Reading reading) {
            if (reading.instant() - record.arrival() > Window.FUTURE) {
                quarantine(record, QuarantineEncoder.fromTheFuture(reading.instant(), record.arrival()), context);
                out.collect(quarantined(record, reading.name()));
            } else {
                out.collect(accepted(record, reading));
            }
        } else {
            quarantine(record, ((Invalid) decoded).reason(), context);
            out.collect(quarantined(record, record.partitionKey()));
        }
    }

    private void quarantine(ShardRecord record, String reason, Context context) {
        byte[] entry =
                QuarantineEncoder.encode(
                        streamName, record.shardId(), record.sequenceNumber(), reason, record.data());
        String key = record.partitionKey().isEmpty() ? record.shardId() : record.partitionKey();
        context.output(QUARANTINE, new Outgoing(key, entry));
    }

    private static ShardEvent accepted(ShardRecord record, Reading reading) {
        return new ShardEvent(
                ShardEvent.Kind.READING,
                record.shardId(),
                NONE,
                record.sequenceNumber(),
                reading.name(),
                reading.instant(),
                reading.micrometres(),
                reading.magicPoints(),
                reading.healthPoints(),
                record.arrival(),
                0);
    }

    private static ShardEvent quarantined(ShardRecord record, String account) {
        return new ShardEvent(
                ShardEvent.Kind.QUARANTINED,
                record.shardId(),
                NONE,
                record.sequenceNumber(),
                account,
                0,
                0,
                0,
                0,
                record.arrival(),
                0);
    }

    private static ShardEvent bare(ShardEvent.Kind kind, ShardRecord record) {
        return new ShardEvent(kind, record.shardId(), record.parents(), null, null, 0, 0, 0, 0, 0, record.silence());
    }
}
