package com.wildrydes.aggregation.source;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * A stream, and how to reach it.
 *
 * @param streamName its name
 * @param region null: the region that this runs in
 * @param endpoint null: AWS's own
 * @param credentials null: those of the role that this runs as
 */
public record KinesisSettings(String streamName, String region, String endpoint, Credentials credentials)
        implements Serializable {
    /** Fixed credentials, as the local cloud takes any. Not for AWS. */
    public record Credentials(String accessKeyId, String secretAccessKey) implements Serializable {
        @Override
        public String toString() {
            return "Credentials[" + accessKeyId + "]";
        }
    }

    /** For a call, its answer read: the largest answer of GetRecords has 10 MB. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Tells whose calls these are, in logs of AWS. */
    private static final String USER_AGENT = "wildrydes-aggregation";

    /** A client that tries once: whoever has it retries, and knows how long. */
    public KinesisClient client() {
        var builder =
                KinesisClient.builder()
                        .httpClientBuilder(
                                UrlConnectionHttpClient.builder()
                                        .connectionTimeout(Duration.ofSeconds(5))
                                        .socketTimeout(PATIENCE))
                        .overrideConfiguration(
                                configuration ->
                                        configuration
                                                .retryStrategy(AwsRetryStrategy.doNotRetry())
                                                .putAdvancedOption(
                                                        SdkAdvancedClientOption.USER_AGENT_SUFFIX, USER_AGENT)
                                                .apiCallTimeout(PATIENCE));
        if (region != null) builder.region(Region.of(region));
        if (endpoint != null) builder.endpointOverride(URI.create(endpoint));
        if (credentials != null) {
            builder.credentialsProvider(
                    StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(credentials.accessKeyId(), credentials.secretAccessKey())));
        }
        return builder.build();
    }
}
