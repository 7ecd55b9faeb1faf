package com.wildrydes.aggregation.rules;

import static com.wildrydes.aggregation.rules.QuarantineEncoder.fromTheFuture;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/**
 * Answers what the rules make of records and texts, a line for a line, so that
 * test/interop/flink-records.test.ts can hold it against their twins in telemetry/. A line is a word and its
 * arguments, spaces between them: bytes in base64, texts as base64 of UTF-16LE, which takes lone surrogates.
 *
 * <pre>
 * reading BYTES                                                {"name":…} or {"reason":…}
 * parse BYTES                                                  instant, or null
 * format INSTANT                                               StatusTime, or null
 * summary NAME START MICROMETRES MAGIC MAGIC HEALTH HEALTH N   BYTES of the record
 * refused STREAM SHARD SEQUENCE REASON BYTES                   BYTES of the quarantine entry
 * future INSTANT ARRIVAL                                       reason
 * </pre>
 */
public final class RecordCheck {
    private static final ReadingDecoder DECODER = new ReadingDecoder();

    private RecordCheck() {}

    /** @param arguments none */
    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        PrintStream answers = new PrintStream(System.out, false, UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.print(answer(line.split(" ", -1)) + "\n");
            if (!lines.ready()) answers.flush();
        }
        answers.flush();
    }

    private static String answer(String[] given) {
        return switch (given[0]) {
            case "reading" -> verdict(DECODER.decode(bytes(given[1])));
            case "parse" -> parsed(bytes(given[1]));
            case "format" -> formatted(Long.parseLong(given[1]));
            case "summary" -> base64(SummaryEncoder.encode(summary(given)));
            case "refused" -> base64(refused(given));
            case "future" -> fromTheFuture(Long.parseLong(given[1]), Long.parseLong(given[2]));
            default -> throw new IllegalArgumentException("unknown: " + given[0]);
        };
    }

    private static String verdict(Decoded decoded) {
        StringBuilder json = new StringBuilder();
        if (decoded instanceof Invalid invalid) {
            JsonText.append(json.append("{\"reason\":"), invalid.reason());
        } else if (decoded instanceof Reading reading) {
            JsonText.append(json.append("{\"name\":"), reading.name());
            json.append(",\"instant\":").append(reading.instant());
            json.append(",\"micrometres\":").append(reading.micrometres());
            json.append(",\"magicPoints\":").append(reading.magicPoints());
            json.append(",\"healthPoints\":").append(reading.healthPoints());
        }
        return json.append('}').toString();
    }

    private static String parsed(byte[] text) {
        // Something before and after it, as in a record.
        byte[] within = new byte[text.length + 2];
        within[0] = '1';
        within[text.length + 1] = '1';
        System.arraycopy(text, 0, within, 1, text.length);
        long instant = StatusTime.parse(within, 1, text.length + 1);
        return instant == StatusTime.NONE ? "null" : Long.toString(instant);
    }

    private static String formatted(long instant) {
        try {
            return StatusTime.format(instant);
        } catch (IllegalArgumentException outside) {
            return "null";
        }
    }

    private static Summary summary(String[] given) {
        return new Summary(
                text(given[1]),
                Long.parseLong(given[2]),
                BigDecimal.valueOf(Long.parseLong(given[3]), 6),
                Integer.parseInt(given[4]),
                Integer.parseInt(given[5]),
                Integer.parseInt(given[6]),
                Integer.parseInt(given[7]),
                Long.parseLong(given[8]));
    }

    private static byte[] refused(String[] given) {
        return QuarantineEncoder.encode(
                text(given[1]), text(given[2]), text(given[3]), text(given[4]), bytes(given[5]));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private static String text(String base64) {
        return ByteBuffer.wrap(bytes(base64)).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().toString();
    }
}
