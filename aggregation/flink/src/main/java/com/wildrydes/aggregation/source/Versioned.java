package com.wildrydes.aggregation.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** What a checkpoint keeps of the source, as bytes. Another version of the bytes is refused, never guessed at. */
abstract class Versioned<T> implements SimpleVersionedSerializer<T> {
    private static final int VERSION = 1;

    abstract void write(T value, DataOutputSerializer out) throws IOException;

    abstract T read(DataInputDeserializer in) throws IOException;

    @Override
    public final int getVersion() {
        return VERSION;
    }

    @Override
    public final byte[] serialize(T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(128);
        write(value, out);
        return out.getCopyOfBuffer();
    }

    @Override
    public final T deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("the source's state must be of version " + VERSION + " (given " + version + ")");
        }
        return read(new DataInputDeserializer(bytes));
    }

    static void writeTexts(Iterable<String> texts, int count, DataOutputSerializer out) throws IOException {
        out.writeInt(count);
        for (String text : texts) out.writeUTF(text);
    }

    static List<String> readTexts(DataInputDeserializer in) throws IOException {
        int count = in.readInt();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) texts.add(in.readUTF());
        return texts;
    }

    /** Splits, which the readers keep. */
    static final class OfSplit extends Versioned<ShardSplit> {
        @Override
        void write(ShardSplit split, DataOutputSerializer out) throws IOException {
            out.writeUTF(split.shardId());
            writeTexts(split.parents(), split.parents().size(), out);
            out.writeLong(split.streamCreated());
            out.writeBoolean(split.after() != null);
            if (split.after() != null) out.writeUTF(split.after());
            out.writeBoolean(split.finished());
        }

        @Override
        ShardSplit read(DataInputDeserializer in) throws IOException {
            String shardId = in.readUTF();
            List<String> parents = readTexts(in);
            long created = in.readLong();
            String after = in.readBoolean() ? in.readUTF() : null;
            return new ShardSplit(shardId, parents, created, after, in.readBoolean());
        }
    }

    /** What the enumerator keeps. */
    static final class OfAssignment extends Versioned<Assignment> {
        private final OfSplit splits = new OfSplit();

        @Override
        void write(Assignment assignment, DataOutputSerializer out) throws IOException {
            out.writeLong(assignment.streamCreated());
            writeTexts(assignment.assigned(), assignment.assigned().size(), out);
            writeTexts(assignment.finished(), assignment.finished().size(), out);
            out.writeInt(assignment.returned().size());
            for (ShardSplit split : assignment.returned()) splits.write(split, out);
        }

        @Override
        Assignment read(DataInputDeserializer in) throws IOException {
            long created = in.readLong();
            List<String> assigned = readTexts(in);
            List<String> finished = readTexts(in);
            int count = in.readInt();
            List<ShardSplit> returned = new ArrayList<>(count);
            for (int i = 0; i < count; i++) returned.add(splits.read(in));
            return new Assignment(created, assigned, finished, returned);
        }
    }
}
