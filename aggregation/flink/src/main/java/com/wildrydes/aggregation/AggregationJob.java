package com.wildrydes.aggregation;

import com.wildrydes.aggregation.operators.Topology;
import com.wildrydes.aggregation.sink.KinesisSink;
import com.wildrydes.aggregation.source.KinesisSettings;
import com.wildrydes.aggregation.source.KinesisShardDirectory;
import com.wildrydes.aggregation.source.KinesisSource;
import com.wildrydes.aggregation.source.ShardRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Turns the readings of a Kinesis stream into one summary per unicorn and minute on another, and sends what is no
 * reading to a third. The rules are those of aggregation/README.md; checkpoints and restarts are the cluster's.
 */
public final class AggregationJob {
    private AggregationJob() {}

    /** @param arguments none on AWS; {@code --properties FILE} elsewhere */
    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        build(environment, Settings.read(fileIn(arguments)), null);
        environment.execute("wildrydes-aggregation");
    }

    /**
     * Sets what the job must have, and only what Managed Service for Apache Flink lets a job set; source:
     * https://docs.aws.amazon.com/managed-flink/latest/java/programmatic-configuration.html
     */
    public static void configure(StreamExecutionEnvironment environment) {
        Configuration configuration = new Configuration();
        // No function keeps what it was given, or changes it.
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        // A type that Flink does not know would be written by Kryo: slowly, and unreadable for a later version.
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        environment.configure(configuration);
    }

    /**
     * Puts the job together in an environment.
     *
     * @param credentials null: those of the role that the job runs as
     */
    public static void build(
            StreamExecutionEnvironment environment, Settings settings, KinesisSettings.Credentials credentials) {
        configure(environment);
        KinesisSettings input = kinesis(settings.readings(), credentials);
        DataStream<ShardRecord> shards =
                environment
                        .fromSource(new KinesisSource(input), WatermarkStrategy.noWatermarks(), "readings")
                        .uid("readings");
        Topology.build(
                shards,
                settings.readings().name(),
                new KinesisShardDirectory(input),
                Topology.sql(),
                new KinesisSink(kinesis(settings.summaries(), credentials)),
                new KinesisSink(kinesis(settings.quarantine(), credentials)));
    }

    private static KinesisSettings kinesis(Settings.Stream stream, KinesisSettings.Credentials credentials) {
        return new KinesisSettings(stream.name(), stream.region(), stream.endpoint(), credentials);
    }

    private static String fileIn(String[] arguments) {
        if (arguments.length == 0) return null;
        if (arguments.length == 2 && arguments[0].equals("--properties")) return arguments[1];
        throw new IllegalArgumentException("usage: AggregationJob [--properties FILE]");
    }
}
