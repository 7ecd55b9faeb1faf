package com.wildrydes.aggregation;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the job by its main method, as a cluster does: with an environment that is there already and has checkpoints, of
 * which the job knows nothing.
 */
public final class MainRun extends StreamExecutionEnvironment {
    private MainRun() {}

    /** @param arguments folder of checkpoints, parallelism, and those of the job */
    public static void main(String[] arguments) throws Exception {
        initializeContextEnvironment(
                given -> {
                    Configuration configuration = new Configuration(given);
                    configuration.set(DeploymentOptions.TARGET, "local");
                    configuration.set(DeploymentOptions.ATTACHED, true);
                    configuration.set(CoreOptions.DEFAULT_PARALLELISM, Integer.valueOf(arguments[1]));
                    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
                    configuration.set(
                            CheckpointingOptions.CHECKPOINTS_DIRECTORY, Path.of(arguments[0]).toUri().toString());
                    return new StreamExecutionEnvironment(configuration);
                });
        AggregationJob.main(new String[] {arguments[2], arguments[3]});
    }
}
