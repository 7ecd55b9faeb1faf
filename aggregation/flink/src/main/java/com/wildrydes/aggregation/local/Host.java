package com.wildrydes.aggregation.local;

import com.wildrydes.aggregation.AggregationJob;
import com.wildrydes.aggregation.Settings;
import com.wildrydes.aggregation.operators.Account;
import com.wildrydes.aggregation.operators.Desk;
import com.wildrydes.aggregation.rules.ShardState;
import com.wildrydes.aggregation.sink.Pending;
import com.wildrydes.aggregation.source.KinesisSettings;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the job on this machine for a process that started this one, and answers it: a call a line on standard input, an
 * answer a line on standard output. The calls are those of aggregation/thread.ts. It ends when its input does.
 */
public final class Host {
    /** Between two checkpoints: how long a summary waits at most until it is sent. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** Milliseconds between two looks at what is waited for. */
    private static final long LOOK = 20;

    /** Milliseconds that a stop gives to sending. */
    private static final long LAST_SENDING = 5_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream out;
    private final ExecutorService calls = Executors.newCachedThreadPool();
    private Cluster cluster;
    private JobID job;
    private Desk desk;

    private Host(PrintStream out) {
        this.out = out;
    }

    /** Takes no arguments. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        // Whatever prints would otherwise print into the answers.
        System.setOut(System.err);
        Host host = new Host(out);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode call = JSON.readTree(line);
            host.calls.execute(() -> host.answer(call));
        }
        // Who started this is gone. What the last checkpoint holds is enough to go on from.
        Runtime.getRuntime().halt(0);
    }

    private void answer(JsonNode call) {
        ObjectNode message = JSON.createObjectNode();
        message.put("id", call.get("id").asInt());
        boolean stopped = false;
        try {
            switch (call.get("call").asText()) {
                case "start" -> start(call.get("options"));
                case "progress" -> message.set("result", progress(names(call)));
                case "caughtUp" -> caughtUp();
                case "closeWindows" -> closeWindows();
                case "stop" -> {
                    stopped = true;
                    stop();
                }
                default -> throw new IllegalArgumentException("no such call: " + call.get("call"));
            }
            if (!message.has("result")) message.putNull("result");
        } catch (Exception error) {
            Throwable root = error;
            while (root.getCause() != null) root = root.getCause();
            message.putObject("error").put("message", String.valueOf(root.getMessage()));
            error.printStackTrace();
        }
        say(message);
        if (stopped) Runtime.getRuntime().halt(0);
    }

    private synchronized void say(ObjectNode message) {
        out.println(message);
    }

    private void start(JsonNode options) throws Exception {
        Path folder = Path.of(options.get("checkpoint").asText());
        Checkpoints checkpoints = new Checkpoints(folder);
        JsonNode config = options.get("config");
        JsonNode keys = config.get("credentials");
        KinesisSettings.Credentials credentials =
                new KinesisSettings.Credentials(
                        keys.get("accessKeyId").asText(), keys.get("secretAccessKey").asText());
        JsonNode streams = options.get("streams");
        cluster = new Cluster(1, folder, INTERVAL);
        Exception last = null;
        // The newest may be cut off in the middle; then the one before it is as good, and tells the same again.
        for (Path from : checkpoints.candidates()) {
            try {
                submit(config, streams, credentials, from);
                return;
            } catch (Exception error) {
                last = error;
            }
        }
        throw last;
    }

    private void submit(JsonNode config, JsonNode streams, KinesisSettings.Credentials credentials, Path from)
            throws Exception {
        desk = Desk.open();
        StreamExecutionEnvironment environment = cluster.environment(1);
        AggregationJob.build(
                environment,
                new Settings(
                        stream(streams.get("readings"), config),
                        stream(streams.get("summaries"), config),
                        stream(streams.get("quarantine"), config)),
                credentials);
        job = cluster.submit(environment, "wildrydes-aggregation", from);
        while (!runs()) {
            JobStatus status = cluster.flink().getJobStatus(job).get();
            if (status.isGloballyTerminalState()) {
                cluster.await(job);
                throw new IllegalStateException("the job ended at its start: " + status);
            }
            if (status == JobStatus.RESTARTING || status == JobStatus.FAILING) {
                String reason = reason();
                cluster.flink().cancelJob(job).get();
                throw new IllegalStateException(reason);
            }
            Thread.sleep(LOOK);
        }
    }

    /** Whether every task has its state and is at work. */
    private boolean runs() throws Exception {
        if (!desk.isOpen()) return false;
        for (var vertex : cluster.flink().getExecutionGraph(job).get().getAllExecutionVertices()) {
            if (vertex.getExecutionState() != ExecutionState.RUNNING) return false;
        }
        return true;
    }

    /** What the job failed with last, in the words of what lies at the bottom of it. */
    private String reason() throws Exception {
        var failure = cluster.flink().getExecutionGraph(job).get().getFailureInfo();
        if (failure == null) return "the job failed";
        Throwable root = failure.getException().deserializeError(Host.class.getClassLoader());
        while (root.getCause() != null) root = root.getCause();
        return String.valueOf(root.getMessage());
    }

    private static Settings.Stream stream(JsonNode name, JsonNode config) {
        return new Settings.Stream(name.asText(), config.get("region").asText(), config.get("endpoint").asText());
    }

    private ObjectNode progress(List<String> names) throws Exception {
        ObjectNode progress = JSON.createObjectNode();
        progress.set("tally", tally(desk.tally(names)));
        putTime(progress, "watermark", desk.watermark());
        progress.put("outbox", outbox());
        progress.put("openWindows", desk.openWindows());
        ArrayNode shards = progress.putArray("shards");
        for (Map.Entry<String, Desk.ShardDesk> each : new TreeMap<>(desk.shards()).entrySet()) {
            Desk.ShardDesk shard = each.getValue();
            if (shard.finished) continue;
            ObjectNode entry = shards.addObject();
            entry.put("shardId", each.getKey());
            entry.put("sequenceNumber", shard.sequenceNumber);
            long behind = shard.atTip || shard.lastArrival == 0 ? 0 : System.currentTimeMillis() - shard.lastArrival;
            entry.put("millisBehindLatest", Math.max(0, behind));
            putTime(entry, "watermark", shard.watermark);
        }
        progress.put("trouble", trouble());
        return progress;
    }

    /** Summaries and quarantine entries that are decided and not sent yet. */
    private long outbox() {
        return desk.inTransit() + Pending.records();
    }

    /** An account, as Tally of telemetry/balance.ts has it. */
    public static ObjectNode tally(Account account) {
        ObjectNode tally = JSON.createObjectNode();
        tally.put("delivered", account.delivered);
        tally.put("summarised", account.summarised);
        tally.put("duplicates", account.duplicates);
        tally.put("late", account.late);
        tally.put("quarantined", account.quarantined);
        tally.put("open", account.open);
        tally.put("summaries", account.summaries);
        return tally;
    }

    private String trouble() throws Exception {
        JobStatus status = cluster.flink().getJobStatus(job).get();
        if (status != JobStatus.RUNNING) return "the job is " + status + ": " + reason();
        return Pending.trouble();
    }

    private static void putTime(ObjectNode node, String name, long time) {
        if (time == ShardState.NOTHING) node.putNull(name);
        else node.put(name, time);
    }

    /**
     * Waits until all that every shard held at the time of this call is in the books: each that is not finished has said
     * twice since that it is at its tip, the second time to a question asked after the call.
     */
    private void caughtUp() throws Exception {
        Map<String, Desk.ShardDesk> before = desk.shards();
        await(
                () -> {
                    Map<String, Desk.ShardDesk> now = desk.shards();
                    return !now.isEmpty()
                            && now.entrySet().stream()
                                    .allMatch(
                                            each -> {
                                                Desk.ShardDesk then = before.get(each.getKey());
                                                long tips = then == null ? 0 : then.tips;
                                                return each.getValue().finished || each.getValue().tips >= tips + 2;
                                            });
                });
        await(desk::isBooked);
    }

    private void closeWindows() throws Exception {
        caughtUp();
        desk.closeAll().get();
        await(() -> desk.openWindows() == 0 && outbox() == 0);
    }

    /** Has a checkpoint made, sends what is decided as long as that makes progress, and ends. */
    private void stop() throws Exception {
        if (cluster == null) return;
        if (job != null && cluster.flink().getJobStatus(job).get() == JobStatus.RUNNING) {
            saved();
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_SENDING);
            while (outbox() > 0 && Pending.trouble() == null && System.nanoTime() < until) Thread.sleep(LOOK);
            cluster.flink().cancelJob(job).get();
        }
        cluster.close();
    }

    /** A checkpoint waits while an output stream takes nothing; the last one that was made is as good then. */
    private void saved() throws Exception {
        try {
            cluster.flink()
                    .triggerCheckpoint(job, CheckpointType.CONFIGURED)
                    .get(LAST_SENDING, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            System.err.println("no last checkpoint was made in time: what came since is read again");
        }
    }

    private interface Condition {
        boolean isMet() throws Exception;
    }

    private void await(Condition condition) throws Exception {
        while (!condition.isMet()) {
            if (cluster.flink().getJobStatus(job).get().isGloballyTerminalState()) {
                throw new IllegalStateException("the aggregation has ended");
            }
            Thread.sleep(LOOK);
        }
    }

    private static List<String> names(JsonNode call) {
        if (!call.hasNonNull("names")) return null;
        List<String> names = new ArrayList<>();
        for (JsonNode name : call.get("names")) names.add(name.asText());
        return names;
    }
}
