package com.wildrydes.aggregation.local;

import com.wildrydes.aggregation.sink.KinesisSink;
import com.wildrydes.aggregation.sink.Outgoing;
import com.wildrydes.aggregation.source.KinesisSettings;
import com.wildrydes.aggregation.source.KinesisSource;
import com.wildrydes.aggregation.source.ShardRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The job's two ends without what is between them: copies a stream into another, and goes on from its last checkpoint.
 *
 * <p>A copy tells of its record, the shard and sequence number, of the state, its number in the shard, and of the
 * process that made it. So a copy that was sent before a checkpoint held it shows: after a crash there is another with
 * the same number. What shards say beside records is written to standard output, a line each, with the records that the
 * shard gave since it was last started.
 */
public final class CopyJob {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    /** Of this process. */
    private static final String RUN = UUID.randomUUID().toString();

    private CopyJob() {}

    /** @param arguments endpoint, name of the stream to read, of the one to write, folder of checkpoints, parallelism */
    public static void main(String[] arguments) throws Exception {
        int parallelism = Integer.parseInt(arguments[4]);
        Path folder = Path.of(arguments[3]);
        Path from = new Checkpoints(folder).candidates().get(0);
        try (Cluster cluster = new Cluster(parallelism, folder, INTERVAL)) {
            StreamExecutionEnvironment environment = cluster.environment(parallelism);
            environment
                    .fromSource(
                            new KinesisSource(stream(arguments[0], arguments[1])),
                            WatermarkStrategy.noWatermarks(),
                            "source")
                    .uid("source")
                    .process(new Tell())
                    .uid("tell")
                    .keyBy(ShardRecord::shardId)
                    .process(new Copy())
                    .uid("copy")
                    .sinkTo(new KinesisSink(stream(arguments[0], arguments[2])))
                    .uid("sink");
            JobID job = cluster.submit(environment, "copy", from);
            say("READY " + from);
            cluster.await(job);
        }
    }

    private static KinesisSettings stream(String endpoint, String name) {
        return new KinesisSettings(
                name, "us-east-1", endpoint, new KinesisSettings.Credentials("wildrydes", "wildrydes"));
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    /** Passes records on, and tells what else there is. */
    private static final class Tell extends ProcessFunction<ShardRecord, ShardRecord> {
        private transient Map<String, Integer> records;

        @Override
        public void open(OpenContext context) {
            records = new HashMap<>();
        }

        @Override
        public void processElement(ShardRecord said, Context context, Collector<ShardRecord> out) {
            String shard = said.shardId();
            switch (said.kind()) {
                case STARTED -> {
                    records.put(shard, 0);
                    say("STARTED " + shard + " " + String.join(",", said.parents()));
                }
                case RECORD -> {
                    records.merge(shard, 1, Integer::sum);
                    out.collect(said);
                }
                case TIP -> say("TIP " + shard + " " + said.silence() + " " + records.get(shard));
                case FINISHED -> say("FINISHED " + shard + " " + records.get(shard));
            }
        }
    }

    /** Numbers the records of a shard. */
    private static final class Copy extends KeyedProcessFunction<String, ShardRecord, Outgoing> {
        private transient ValueState<Integer> last;

        @Override
        public void open(OpenContext context) {
            last = getRuntimeContext().getState(new ValueStateDescriptor<>("last", Types.INT));
        }

        @Override
        public void processElement(ShardRecord said, Context context, Collector<Outgoing> out) throws Exception {
            Integer before = last.value();
            int number = before == null ? 1 : before + 1;
            last.update(number);
            String copy =
                    String.join(
                            " ",
                            said.shardId(),
                            said.sequenceNumber(),
                            Integer.toString(number),
                            RUN,
                            said.partitionKey(),
                            new String(said.data(), StandardCharsets.UTF_8));
            out.collect(new Outgoing(said.shardId(), copy.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
