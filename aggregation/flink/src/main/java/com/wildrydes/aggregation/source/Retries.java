package com.wildrydes.aggregation.source;

import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.model.KmsThrottlingException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;

/**
 * When to try again, and how long to wait: full jitter under a bound that doubles.
 *
 * <p>Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
public final class Retries {
    private static final long FIRST = 100;
    private static final long LONGEST = 5_000;

    private Retries() {}

    /** Milliseconds to wait after so many failures in a row. */
    public static long pause(int failures) {
        long bound = Math.min(LONGEST, FIRST << Math.min(failures - 1, 10));
        return ThreadLocalRandom.current().nextLong(bound + 1);
    }

    /** Whether the same call may go through later: no answer, throttled, or a fault of the service. Not an interruption. */
    public static boolean mayPass(SdkException error) {
        if (error instanceof AwsServiceException answer) {
            return answer.isThrottlingException()
                    || answer.statusCode() >= 500
                    || answer instanceof LimitExceededException
                    || answer instanceof ProvisionedThroughputExceededException
                    || answer instanceof KmsThrottlingException;
        }
        return error instanceof SdkClientException && !(error instanceof AbortedException);
    }
}
