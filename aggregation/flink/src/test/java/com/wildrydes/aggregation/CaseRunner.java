package com.wildrydes.aggregation;

import com.wildrydes.aggregation.local.Cluster;
import com.wildrydes.aggregation.local.Host;
import com.wildrydes.aggregation.operators.Desk;
import com.wildrydes.aggregation.operators.Topology;
import com.wildrydes.aggregation.rules.StatusTime;
import com.wildrydes.aggregation.sink.Outgoing;
import com.wildrydes.aggregation.source.ShardRecord;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs cases through the job, each as a job of its own in one cluster: all but the two ends, which are Kinesis's.
 *
 * <p>Reads a case a line, {@code {"name", "events"}} in the form of aggregation/cases, and writes a line for each: what
 * the streams got, and the books. The end of a case's events closes whatever is open, as it does in every bounded job.
 */
public final class CaseRunner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, ConcurrentLinkedQueue<Outgoing>> TAKEN = new ConcurrentHashMap<>();

    private CaseRunner() {}

    /** @param arguments file of the cases, file for the results */
    public static void main(String[] arguments) throws Exception {
        try (Cluster cluster = new Cluster(1, null, null);
                BufferedReader cases = Files.newBufferedReader(Path.of(arguments[0]));
                PrintStream results = new PrintStream(arguments[1], StandardCharsets.UTF_8)) {
            for (String line = cases.readLine(); line != null; line = cases.readLine()) {
                results.println(run(cluster, JSON.readTree(line)));
            }
        }
        System.exit(0);
    }

    private static ObjectNode run(Cluster cluster, JsonNode one) throws Exception {
        List<ShardRecord> said = new ArrayList<>();
        int index = 0;
        for (JsonNode event : one.get("events")) said.add(record(event, index++));
        TAKEN.put("summaries", new ConcurrentLinkedQueue<>());
        TAKEN.put("quarantine", new ConcurrentLinkedQueue<>());
        Desk desk = Desk.open();
        StreamExecutionEnvironment environment = cluster.environment(1);
        AggregationJob.configure(environment);
        Topology.build(
                environment.fromData(said, TypeInformation.of(ShardRecord.class)),
                "wildrydes",
                null,
                Topology.sql(),
                new Collecting("summaries"),
                new Collecting("quarantine"));
        JobID job = cluster.submit(environment, one.get("name").asText(), null);
        cluster.await(job);

        ObjectNode result = JSON.createObjectNode();
        result.put("name", one.get("name").asText());
        result.set("summaries", taken("summaries"));
        result.set("quarantine", taken("quarantine"));
        result.put("watermark", desk.watermark());
        result.set("total", Host.tally(desk.tally(null)));
        ObjectNode books = result.putObject("books");
        for (String name : desk.names()) books.set(name, Host.tally(desk.tally(List.of(name))));
        return result;
    }

    private static ShardRecord record(JsonNode event, int index) {
        String shard = event.get("shard").asText();
        switch (event.get("event").asText()) {
            case "start":
                List<String> parents = new ArrayList<>();
                for (JsonNode parent : event.get("parents")) parents.add(parent.asText());
                return ShardRecord.started(shard, parents);
            case "silence":
                return ShardRecord.tip(shard, event.get("milliseconds").asLong());
            case "finish":
                return ShardRecord.finished(shard);
            default:
                byte[] data =
                        event.has("base64")
                                ? Base64.getDecoder().decode(event.get("base64").asText())
                                : event.get("text").asText().getBytes(StandardCharsets.UTF_8);
                byte[] arrival = event.get("arrival").asText().getBytes(StandardCharsets.UTF_8);
                return ShardRecord.record(
                        shard,
                        String.valueOf(index),
                        event.get("key").asText(),
                        StatusTime.parse(arrival, 0, arrival.length),
                        data);
        }
    }

    private static ArrayNode taken(String stream) {
        ArrayNode records = JSON.createArrayNode();
        for (Outgoing record : TAKEN.get(stream)) {
            ObjectNode each = records.addObject();
            each.put("key", record.partitionKey());
            each.put("text", new String(record.data(), StandardCharsets.UTF_8));
        }
        return records;
    }

    /** A sink in memory. */
    private record Collecting(String name) implements Sink<Outgoing> {
        @Override
        public SinkWriter<Outgoing> createWriter(WriterInitContext context) {
            ConcurrentLinkedQueue<Outgoing> records = TAKEN.get(name);
            return new SinkWriter<>() {
                @Override
                public void write(Outgoing record, Context context) {
                    records.add(record);
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }
}
