package com.wildrydes.aggregation;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the job is told, by the property groups of its application: each names a stream by {@code stream.name} or
 * {@code stream.arn}, in the region {@code aws.region}. Where a group is absent, the pipeline's stream is meant.
 *
 * <p>Source: https://docs.aws.amazon.com/managed-flink/latest/java/how-properties.html, and for the names of groups
 * https://github.com/aws-samples/amazon-managed-service-for-apache-flink-examples
 */
public record Settings(Stream readings, Stream summaries, Stream quarantine) {
    /**
     * A stream, and where it is.
     *
     * @param name its name
     * @param region null: the region that the job runs in
     * @param endpoint null: AWS's own
     */
    public record Stream(String name, String region, String endpoint) {}

    private static final Pattern ARN =
            Pattern.compile("arn:aws[a-z-]*:kinesis:([^:]+):\\d{12}:stream/([a-zA-Z0-9_.-]{1,128})");

    /**
     * Reads them where Managed Service for Apache Flink puts them, or from a file of the same form.
     *
     * @param file null: the service's
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if a group names no stream
     */
    public static Settings read(String file) throws IOException {
        Map<String, Properties> groups =
                file == null
                        ? KinesisAnalyticsRuntime.getApplicationProperties()
                        : KinesisAnalyticsRuntime.getApplicationProperties(file);
        return of(groups);
    }

    static Settings of(Map<String, Properties> groups) {
        return new Settings(
                stream(groups, "InputStream0", "wildrydes"),
                stream(groups, "OutputStream0", "wildrydes-aggregated"),
                stream(groups, "QuarantineStream0", "wildrydes-quarantine"));
    }

    private static Stream stream(Map<String, Properties> groups, String id, String usual) {
        Properties group = groups.get(id);
        if (group == null) return new Stream(usual, null, null);
        String region = group.getProperty("aws.region");
        String endpoint = group.getProperty("aws.endpoint");
        String arn = group.getProperty("stream.arn");
        if (arn == null) {
            String name = group.getProperty("stream.name");
            if (name == null) {
                throw new IllegalArgumentException(
                        "The property group " + id + " must name a stream by stream.name or stream.arn.");
            }
            return new Stream(name, region, endpoint);
        }
        Matcher parts = ARN.matcher(arn);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "stream.arn in the property group " + id + " must be a Kinesis stream's (given " + arn + ").");
        }
        return new Stream(parts.group(2), region == null ? parts.group(1) : region, endpoint);
    }
}
