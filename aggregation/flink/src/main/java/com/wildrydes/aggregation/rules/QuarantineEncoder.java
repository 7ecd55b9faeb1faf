package com.wildrydes.aggregation.rules;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Writes a quarantine entry, byte for byte as telemetry/quarantine-codec.ts does. */
public final class QuarantineEncoder {
    /** Bytes of a record that its entry keeps: as base64 they leave a third of the largest record to spare. */
    private static final int LARGEST_PAYLOAD = 512 * 1024;

    /** Longest reason that an entry keeps, in UTF-16 units. */
    private static final int LONGEST_REASON = 1000;

    private QuarantineEncoder() {}

    /**
     * @param stream that the record was read from
     * @param reason why it was refused, in words meant for a person
     * @param data the record's bytes, of which the first 512 KiB are kept
     * @return one JSON object and a newline
     */
    public static byte[] encode(String stream, String shardId, String sequenceNumber, String reason, byte[] data) {
        byte[] kept = data.length > LARGEST_PAYLOAD ? Arrays.copyOf(data, LARGEST_PAYLOAD) : data;
        StringBuilder json = new StringBuilder(256 + kept.length * 4 / 3).append("{\"stream\":");
        JsonText.append(json, stream);
        json.append(",\"shardId\":");
        JsonText.append(json, shardId);
        json.append(",\"sequenceNumber\":");
        JsonText.append(json, sequenceNumber);
        json.append(",\"reason\":");
        JsonText.append(
                json, reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON - 1) + "…" : reason);
        json.append(",\"payload\":\"").append(Base64.getEncoder().encodeToString(kept));
        json.append("\",\"bytes\":").append(data.length).append("}\n");
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Why a reading from the future is refused. Both times in milliseconds since the epoch. */
    public static String fromTheFuture(long instant, long arrival) {
        return "StatusTime must be at most "
                + Window.FUTURE / 1000
                + " s after the record's arrival, "
                + StatusTime.format(arrival)
                + " (given "
                + StatusTime.format(instant)
                + ")";
    }
}
