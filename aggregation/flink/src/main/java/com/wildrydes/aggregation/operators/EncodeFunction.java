package com.wildrydes.aggregation.operators;

import com.wildrydes.aggregation.rules.Summary;
import com.wildrydes.aggregation.rules.SummaryEncoder;
import com.wildrydes.aggregation.sink.Outgoing;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/** Writes what the SQL gives as records of the stream {@code wildrydes-aggregated}, keyed by Name. */
final class EncodeFunction extends ProcessFunction<Row, Outgoing> {
    private transient Desk desk;

    @Override
    public void open(OpenContext context) {
        desk = Desk.current();
    }

    @Override
    public void processElement(Row row, Context context, Collector<Outgoing> out) {
        String name = row.getFieldAs("Name");
        LocalDateTime start = row.getFieldAs("StatusTime");
        BigDecimal distance = row.getFieldAs("Distance");
        Summary summary =
                new Summary(
                        name,
                        EventTime.fromSql(start),
                        distance,
                        row.<Integer>getFieldAs("MinMagicPoints"),
                        row.<Integer>getFieldAs("MaxMagicPoints"),
                        row.<Integer>getFieldAs("MinHealthPoints"),
                        row.<Integer>getFieldAs("MaxHealthPoints"),
                        row.<Long>getFieldAs("Readings"));
        // Told after the sink has it: whoever looks in between sees it twice rather than not at all.
        out.collect(new Outgoing(name, SummaryEncoder.encode(summary)));
        if (desk != null) desk.emitted();
    }
}
