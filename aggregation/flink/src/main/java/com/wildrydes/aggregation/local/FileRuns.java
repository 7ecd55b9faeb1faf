package com.wildrydes.aggregation.local;

import com.wildrydes.aggregation.AggregationJob;
import com.wildrydes.aggregation.operators.Topology;
import com.wildrydes.aggregation.sink.Outgoing;
import com.wildrydes.aggregation.source.ShardRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the job over files of readings, a line each, to measure it: all but its two ends, in one slot. A path a line on
 * standard input, the figures a line on standard output.
 */
public final class FileRuns {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SHARD = "shardId-000000000000";

    /** Of the run that is on: the source's lines, when the first was asked for, and what came out. */
    private static volatile List<byte[]> lines;

    private static volatile long began;
    private static final AtomicLong READINGS = new AtomicLong();
    private static final AtomicLong WINDOWS = new AtomicLong();
    private static volatile double distance;

    private FileRuns() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws Exception {
        try (Cluster cluster = new Cluster(1, null, null);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String path = in.readLine(); path != null; path = in.readLine()) {
                System.out.println(run(cluster, Path.of(path)));
            }
        }
        System.exit(0);
    }

    private static ObjectNode run(Cluster cluster, Path file) throws Exception {
        lines = read(file);
        READINGS.set(0);
        WINDOWS.set(0);
        distance = 0;
        StreamExecutionEnvironment environment = cluster.environment(1);
        AggregationJob.configure(environment);
        DataGeneratorSource<ShardRecord> source =
                new DataGeneratorSource<>(
                        FileRuns::record, lines.size(), TypeInformation.of(ShardRecord.class));
        Topology.build(
                environment.fromSource(source, WatermarkStrategy.noWatermarks(), "lines"),
                "file",
                null,
                Topology.sql(),
                new Counting(),
                new Counting());
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processor = process.getProcessCpuTime();
        cluster.await(cluster.submit(environment, "file", null));
        ObjectNode figures = JSON.createObjectNode();
        figures.put("milliseconds", (System.nanoTime() - began) / 1e6);
        figures.put("processor", TimeUnit.NANOSECONDS.toMillis(process.getProcessCpuTime() - processor));
        figures.put("readings", READINGS.get());
        figures.put("windows", WINDOWS.get());
        figures.put("distance", distance);
        return figures;
    }

    private static List<byte[]> read(Path file) throws IOException {
        List<byte[]> read = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                read.add(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return read;
    }

    private static ShardRecord record(Long index) {
        if (index == 0) began = System.nanoTime();
        // Nothing is from the future.
        return ShardRecord.record(SHARD, String.valueOf(index), "", Long.MAX_VALUE / 2, lines.get(index.intValue()));
    }

    /** Adds up what comes, which is little. */
    private static final class Counting implements Sink<Outgoing> {
        @Override
        public SinkWriter<Outgoing> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(Outgoing record, Context context) throws IOException {
                    JsonNode summary = JSON.readTree(record.data());
                    if (!summary.has("Readings")) throw new IOException("not a reading: " + summary.get("reason"));
                    READINGS.addAndGet(summary.get("Readings").asLong());
                    WINDOWS.incrementAndGet();
                    distance += summary.get("Distance").asDouble();
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }
}
