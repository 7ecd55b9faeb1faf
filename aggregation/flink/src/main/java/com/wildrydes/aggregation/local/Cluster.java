package com.wildrydes.aggregation.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Flink within this process, as much of it as one machine needs: no ports but loopback's, one task manager. */
public final class Cluster implements AutoCloseable {
    private final Configuration configuration;
    private final MiniCluster flink;

    /**
     * @param slots tasks of an operator that run at once
     * @param checkpoints folder of the checkpoints; null: none are made
     * @param interval between two of them
     */
    public Cluster(int slots, Path checkpoints, Duration interval) throws Exception {
        configuration = configuration(checkpoints, interval);
        flink =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                                .build());
        flink.start();
    }

    private static Configuration configuration(Path checkpoints, Duration interval) {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_PORT, "0");
        configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
        configuration.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        configuration.set(TaskManagerOptions.HOST, "127.0.0.1");
        configuration.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.parse("16m"));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.parse("16m"));
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.parse("64m"));
        // Few records on a machine that is near: they need not wait for each other.
        configuration.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(10));
        configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        if (checkpoints == null) {
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
            return configuration;
        }
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Whatever fails is tried again, for as long as it takes.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(10));
        return configuration;
    }

    /** An environment whose job is to be given to {@link #submit}. */
    public StreamExecutionEnvironment environment(int parallelism) {
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        return environment;
    }

    /**
     * Starts what was put together in an environment.
     *
     * @param from the checkpoint to go on from, which becomes the job's own; null: from nothing
     */
    public JobID submit(StreamExecutionEnvironment environment, String name, Path from) throws Exception {
        StreamGraph job = environment.getStreamGraph();
        job.setJobName(name);
        if (from != null) {
            job.setSavepointRestoreSettings(
                    SavepointRestoreSettings.forPath(
                            from.toUri().toString(), false, RecoveryClaimMode.CLAIM));
        }
        return flink.submitJob(job).get().getJobID();
    }

    /** Waits until a job has ended, and throws what it failed with. */
    public void await(JobID job) throws Exception {
        try {
            flink.requestJobResult(job).get().toJobExecutionResult(Cluster.class.getClassLoader());
        } catch (ExecutionException error) {
            throw new IllegalStateException("the job ended in an unknown way", error.getCause());
        }
    }

    /** Flink itself, for what it alone can do. */
    public MiniCluster flink() {
        return flink;
    }

    @Override
    public void close() throws Exception {
        flink.close();
    }
}
