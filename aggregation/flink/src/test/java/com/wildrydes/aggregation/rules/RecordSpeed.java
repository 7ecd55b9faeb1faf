package com.wildrydes.aggregation.rules;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Measures how many readings one thread decodes in a second, in the form in which nearly every one comes.
 *
 * <p>By hand: after {@code mvn test-compile}, {@code java -cp target/classes:target/test-classes
 * com.wildrydes.aggregation.rules.RecordSpeed}.
 */
public final class RecordSpeed {
    private static final int RECORDS = 100_000;
    private static final int ROUNDS = 30;

    private RecordSpeed() {}

    /** @param arguments none */
    public static void main(String[] arguments) {
        List<byte[]> records = records();
        ReadingDecoder decoder = new ReadingDecoder();
        double best = 0;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (byte[] record : records) {
                // What it gives is used, or the compiler would leave its work out.
                if (decoder.decode(record) instanceof Reading reading) sum += reading.micrometres();
                else throw new IllegalStateException("these records are valid");
            }
            best = Math.max(best, RECORDS * 1e9 / (System.nanoTime() - begin));
        }
        System.out.printf("%.2f million readings a second in the best round (%d)%n", best / 1e6, sum);
    }

    /** As the simulator writes them, of a thousand unicorns. */
    private static List<byte[]> records() {
        Random random = new Random(20260131);
        List<byte[]> records = new ArrayList<>();
        for (int index = 0; index < RECORDS; index++) {
            String record =
                    "{\"Name\":\"Unicorn %d\",\"StatusTime\":\"%s\",\"Latitude\":%.6f,\"Longitude\":%.6f,"
                            + "\"Distance\":%.3f,\"MagicPoints\":%d,\"HealthPoints\":%d}%n";
            records.add(
                    String.format(
                                    record,
                                    random.nextInt(1000),
                                    StatusTime.format(1_769_860_800_000L + index),
                                    random.nextDouble() * 180 - 90,
                                    random.nextDouble() * 360 - 180,
                                    random.nextDouble() * 40,
                                    random.nextInt(160),
                                    random.nextInt(160))
                            .getBytes(StandardCharsets.UTF_8));
        }
        return records;
    }
}
