package com.wildrydes.aggregation.rules;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;

/** Writes a summary as one JSON object and a newline, byte for byte as encodeSummary in telemetry/summary-codec.ts. */
public final class SummaryEncoder {
    /** Decimal digits that always come back from a double as they were. */
    private static final int DIGITS = 15;

    private SummaryEncoder() {}

    public static byte[] encode(Summary summary) {
        StringBuilder json = new StringBuilder(192).append("{\"Name\":");
        JsonText.append(json, summary.name());
        json.append(",\"StatusTime\":\"").append(StatusTime.format(summary.start()));
        json.append("\",\"Distance\":").append(nearestDouble(summary.distance()));
        json.append(",\"MinMagicPoints\":").append(summary.minMagic());
        json.append(",\"MaxMagicPoints\":").append(summary.maxMagic());
        json.append(",\"MinHealthPoints\":").append(summary.minHealth());
        json.append(",\"MaxHealthPoints\":").append(summary.maxHealth());
        json.append(",\"Readings\":").append(summary.readings()).append("}\n");
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The shortest digits that stand for the double nearest to a decimal. Double.toString does not always give these
     * before Java 19 (JDK-4511638).
     *
     * @param decimal from 0 to below 1e21, with at most 6 decimals: outside, JavaScript writes an exponent
     */
    static String nearestDouble(BigDecimal decimal) {
        if (decimal.signum() == 0) return "0";
        BigDecimal exact = decimal.stripTrailingZeros();
        if (exact.precision() <= DIGITS) return exact.toPlainString();
        double nearest = exact.doubleValue();
        BigDecimal value = new BigDecimal(nearest);
        for (int digits = DIGITS; ; digits++) {
            BigDecimal shorter = value.round(new MathContext(digits));
            if (shorter.doubleValue() == nearest) return shorter.stripTrailingZeros().toPlainString();
        }
    }
}
