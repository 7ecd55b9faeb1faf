package com.wildrydes.aggregation.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Lists the shards of a Kinesis stream. */
public final class KinesisShardDirectory implements ShardDirectory {
    /** Times that a question is asked before its failure counts, if nobody else asks again. */
    private static final int ATTEMPTS = 8;

    private final KinesisSettings settings;
    private final int attempts;

    /** One that asks again, some seconds long. */
    public KinesisShardDirectory(KinesisSettings settings) {
        this(settings, ATTEMPTS);
    }

    /** @param attempts 1 or more: 1 for whoever asks again by himself */
    KinesisShardDirectory(KinesisSettings settings, int attempts) {
        this.settings = settings;
        this.attempts = attempts;
    }

    @Override
    public Listing list() throws IOException {
        // Asked at starts and reshardings only: a client kept for these would be one more to close.
        try (KinesisClient client = settings.client()) {
            String stream = settings.streamName();
            long created =
                    ask(() -> client.describeStreamSummary(request -> request.streamName(stream)))
                            .streamDescriptionSummary()
                            .streamCreationTimestamp()
                            .toEpochMilli();
            List<ListedShard> shards = new ArrayList<>();
            String token = null;
            do {
                ListShardsRequest.Builder request = ListShardsRequest.builder();
                if (token == null) request.streamName(stream);
                else request.nextToken(token);
                ListShardsResponse page = ask(() -> client.listShards(request.build()));
                for (Shard shard : page.shards()) shards.add(listed(shard));
                token = page.nextToken();
            } while (token != null);
            return new Listing(created, shards);
        }
    }

    private static ListedShard listed(Shard shard) {
        List<String> parents =
                Stream.of(shard.parentShardId(), shard.adjacentParentShardId()).filter(id -> id != null).toList();
        return new ListedShard(shard.shardId(), parents);
    }

    private <T> T ask(Supplier<T> call) throws IOException {
        for (int failures = 1; ; failures++) {
            try {
                return call.get();
            } catch (SdkException error) {
                if (!Retries.mayPass(error) || failures == attempts) {
                    throw new IOException(
                            "cannot list the shards of stream " + settings.streamName() + ": " + error.getMessage(),
                            error);
                }
                try {
                    Thread.sleep(Retries.pause(failures));
                } catch (InterruptedException interruption) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while listing shards");
                }
            }
        }
    }
}
