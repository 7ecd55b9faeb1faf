package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.sink.Outgoing;
import com.wildrydes.aggregation.source.ShardDirectory;
import com.wildrydes.aggregation.source.ShardRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/**
 * The job between its ends:
 *
 * <pre>
 *   what shards say ─> decode ─> judge ─> books ─> SQL ─> summaries
 *                        │      (one)   by account
 *                        └─> quarantine
 * </pre>
 */
public final class Topology {
    private Topology() {}

    /**
     * Puts it together. Everything that has state has a uid, by which a later version of the job finds it.
     *
     * @param shards what the shards say, each in its order
     * @param streamName of the input stream, which quarantine entries name
     * @param directory lists the shards; null: the shards themselves tell all there is
     * @param sql the window, over a view Readings: {@link #sql()} but for tests
     * @param summaries takes the summaries
     * @param quarantine takes the quarantine entries
     */
    public static void build(
            DataStream<ShardRecord> shards,
            String streamName,
            ShardDirectory directory,
            String sql,
            Sink<Outgoing> summaries,
            Sink<Outgoing> quarantine) {
        SingleOutputStreamOperator<ShardEvent> events =
                shards.process(new DecodeFunction(streamName)).uid("decode").name("decode");
        events.getSideOutput(DecodeFunction.QUARANTINE).sinkTo(quarantine).uid("quarantine").name("quarantine");

        DataStream<Row> readings =
                events.process(new JudgeFunction(directory))
                        .uid("judge")
                        .name("judge")
                        .forceNonParallel()
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<Judged>forGenerator(context -> new JudgedWatermarks())
                                        .withTimestampAssigner((judged, timestamp) -> EventTime.forFlink(judged.instant())))
                        .uid("watermarks")
                        .name("watermarks")
                        .forceNonParallel()
                        .filter(judged -> judged.fate() != Judged.Fate.TICK)
                        .uid("records")
                        .name("records")
                        .forceNonParallel()
                        .keyBy(Judged::account)
                        .process(new BooksFunction())
                        .returns(BooksFunction.READING)
                        .uid("books")
                        .name("books");

        StreamTableEnvironment tables = StreamTableEnvironment.create(shards.getExecutionEnvironment());
        tables.createTemporaryView(
                "Readings",
                readings,
                Schema.newBuilder()
                        .column("Name", "STRING")
                        .column("StatusTime", "TIMESTAMP(3)")
                        .column("Distance", "DECIMAL(13, 6)")
                        .column("MagicPoints", "INT")
                        .column("HealthPoints", "INT")
                        .watermark("StatusTime", "SOURCE_WATERMARK()")
                        .build());
        tables.toDataStream(tables.sqlQuery(sql))
                .process(new EncodeFunction())
                .uid("encode")
                .name("encode")
                .sinkTo(summaries)
                .uid("summaries")
                .name("summaries");
    }

    /** The window, as it stands in aggregation.sql. */
    public static String sql() {
        try (InputStream file = Topology.class.getResourceAsStream("/aggregation.sql")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
