import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * Reads batches that Skerry wrote, fails unless Kafka's own library reads from them what was put in, and adds what that
 * library writes for the same records. batches.txt is its output; packages/testkit/test/batch-vectors.ts writes its
 * input and says how to run it.
 */
public class BatchVectors {
    static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String[] batch = null;
        List<String> records = new ArrayList<>();
        for (String line; (line = in.readLine()) != null;) {
            System.out.println(line);
            String[] words = line.split(" ");
            switch (words[0]) {
                case "batch", "marker" -> { batch = words; records = new ArrayList<>(); }
                case "record" -> records.add(line);
                case "skerry" -> {
                    byte[] theirs = batch[0].equals("batch") ? write(batch, records, (byte) 2) : writeMarker(batch);
                    compare(batch, records, HEX.parseHex(words[1]));
                    compare(batch, records, theirs);
                    System.out.println("kafka " + HEX.formatHex(theirs));
                }
                default -> { }
            }
        }
        legacy();
    }

    /** Messages of formats 0 and 1, plain and compressed: two records each. */
    static void legacy() {
        for (byte magic = 0; magic <= 1; magic++) {
            for (CompressionType type : new CompressionType[] {CompressionType.NONE, CompressionType.GZIP}) {
                String[] batch = {"batch", "", "codec=" + type.id, "base=0"};
                List<String> records = List.of("record 1700000000000 6b 76", "record 1700000000001 null 77");
                String hex = HEX.formatHex(write(batch, records, magic));
                System.out.println("legacy " + magic + " " + type.name + " " + hex);
            }
        }
    }

    static byte[] write(String[] batch, List<String> records, byte magic) {
        boolean appendTime = number(batch, "logAppendTime", 0) == 1;
        TimestampType type = appendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        if (magic == 0) type = TimestampType.NO_TIMESTAMP_TYPE;
        Compression codec = Compression.of(CompressionType.forId((int) number(batch, "codec", 0))).build();
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), magic, codec, type,
            number(batch, "base", 0), number(batch, "appendTime", -1), number(batch, "producerId", -1),
            (short) number(batch, "producerEpoch", -1), (int) number(batch, "baseSequence", -1),
            number(batch, "transactional", 0) == 1, false, (int) number(batch, "leaderEpoch", -1));
        for (String line : records) {
            String[] words = line.split(" ");
            List<Header> headers = new ArrayList<>();
            for (int i = 4; i < words.length; i++) {
                String[] pair = words[i].split("=");
                headers.add(new RecordHeader(new String(bytes(pair[0]), StandardCharsets.UTF_8), bytes(pair[1])));
            }
            long timestamp = magic == 0 ? RecordBatch.NO_TIMESTAMP : Long.parseLong(words[1]);
            builder.append(timestamp, bytes(words[2]), bytes(words[3]), headers.toArray(new Header[0]));
        }
        return content(builder.build());
    }

    static byte[] writeMarker(String[] marker) {
        ControlRecordType type = ControlRecordType.valueOf(marker[1].toUpperCase());
        EndTransactionMarker value = new EndTransactionMarker(type, (int) number(marker, "coordinatorEpoch", 0));
        return content(MemoryRecords.withEndTransactionMarker(0L, number(marker, "timestamp", 0), -1,
            number(marker, "producerId", 0), (short) number(marker, "producerEpoch", 0), value));
    }

    static void compare(String[] expected, List<String> lines, byte[] written) {
        List<String> found = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(written)).batches()) {
            batch.ensureValid();
            must(batch.producerId() == number(expected, "producerId", -1), "producer id");
            must(batch.producerEpoch() == number(expected, "producerEpoch", -1), "producer epoch");
            must(batch.baseSequence() == number(expected, "baseSequence", -1), "sequence");
            must(batch.partitionLeaderEpoch() == number(expected, "leaderEpoch", -1), "leader epoch");
            must(batch.baseOffset() == number(expected, "base", 0), "base offset");
            for (Record record : batch) {
                record.ensureValid();
                if (expected[0].equals("marker")) {
                    EndTransactionMarker marker = EndTransactionMarker.deserialize(record);
                    must(batch.isControlBatch() && batch.isTransactional(), "control bits");
                    must(marker.controlType() == ControlRecordType.valueOf(expected[1].toUpperCase()), "marker type");
                    must(marker.coordinatorEpoch() == number(expected, "coordinatorEpoch", 0), "coordinator epoch");
                    must(record.timestamp() == number(expected, "timestamp", 0), "timestamp");
                    continue;
                }
                must(record.offset() == number(expected, "base", 0) + found.size(), "offset");
                must(batch.isTransactional() == (number(expected, "transactional", 0) == 1), "transactional bit");
                String[] asked = lines.get(found.size()).split(" ");
                StringBuilder line = new StringBuilder("record ").append(asked[1]);
                boolean appendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
                long time = appendTime ? number(expected, "appendTime", -1) : Long.parseLong(asked[1]);
                must(record.timestamp() == time, "timestamp");
                line.append(' ').append(text(record.key(), asked[2]));
                line.append(' ').append(text(record.value(), asked[3]));
                for (Header header : record.headers()) {
                    ByteBuffer name = ByteBuffer.wrap(header.key().getBytes(StandardCharsets.UTF_8));
                    ByteBuffer value = header.value() == null ? null : ByteBuffer.wrap(header.value());
                    line.append(' ').append(text(name, "")).append('=').append(text(value, ""));
                }
                found.add(line.toString());
            }
        }
        must(found.equals(lines), "records: " + found);
    }

    /** null, - for none, hex, or hex*count for many. */
    static byte[] bytes(String word) {
        if (word.equals("null")) return null;
        if (word.equals("-")) return new byte[0];
        String[] parts = word.split("\\*");
        return HEX.parseHex(parts[0].repeat(parts.length == 1 ? 1 : Integer.parseInt(parts[1])));
    }

    /** The word for a value; `asked` itself where it stands for the same bytes. */
    static String text(ByteBuffer value, String asked) {
        if (value == null) return "null";
        if (asked.contains("*") && ByteBuffer.wrap(bytes(asked)).equals(value)) return asked;
        byte[] copy = new byte[value.remaining()];
        value.duplicate().get(copy);
        return copy.length == 0 ? "-" : HEX.formatHex(copy);
    }

    static long number(String[] words, String name, long otherwise) {
        for (String word : words) {
            if (word.startsWith(name + "=")) return Long.parseLong(word.substring(name.length() + 1));
        }
        return otherwise;
    }

    static byte[] content(MemoryRecords records) {
        byte[] copy = new byte[records.buffer().remaining()];
        records.buffer().duplicate().get(copy);
        return copy;
    }

    static void must(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }
}
