import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import kafka.api.FetchRequestBuilder;
import kafka.api.PartitionOffsetRequestInfo;
import kafka.common.OffsetAndMetadata;
import kafka.common.OffsetMetadataAndError;
import kafka.common.TopicAndPartition;
import kafka.javaapi.FetchResponse;
import kafka.javaapi.OffsetCommitRequest;
import kafka.javaapi.OffsetFetchRequest;
import kafka.javaapi.OffsetRequest;
import kafka.javaapi.consumer.SimpleConsumer;
import kafka.javaapi.message.ByteBufferMessageSet;
import kafka.message.MessageAndOffset;

/** What programs do with Kafka 0.8.2: its new producer, and the consumer that tells everything itself. */
public final class OldestGear extends OldCases {
    static {
        CASES.put("produce: keys, values, and those that are null come back in order", bootstrap -> {
            String topic = unique("topic");
            check(OldProducer.numbers(100), OldProducer.send(bootstrap, topic, 100), "offsets");
            check(OldProducer.expected(0, 100), read(bootstrap, topic, 0, 100, 100_000), "records");
        });
        for (String codec : Arrays.asList("gzip", "snappy", "lz4")) {
            CASES.put("compression: " + codec, bootstrap -> {
                String topic = unique("topic");
                Object[] settings = {"compression.type", codec, "linger.ms", 50L, "batch.size", 65536};
                check(OldProducer.numbers(500), OldProducer.send(bootstrap, topic, 500, settings), "offsets");
                check(OldProducer.expected(0, 500), read(bootstrap, topic, 0, 500, 100_000), "records");
            });
        }
        CASES.put("consume: a compressed batch larger than what is fetched at once", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 1000, "compression.type", "gzip", "linger.ms", 100L, "batch.size", 200000);
            check(OldProducer.expected(0, 1000), read(bootstrap, topic, 0, 1000, 500), "records");
        });
        CASES.put("large: a message that is larger than the fetch is cut, which tells the client", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 1);
            try (Opened opened = new Opened(bootstrap)) {
                ByteBufferMessageSet cut = opened.fetch(topic, 0, 20);
                check(20, cut.sizeInBytes(), "bytes");
                check(false, cut.iterator().hasNext(), "a whole message");
            }
        });
        CASES.put("seek: the first offset, the last, and one that is out of range", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 10);
            try (Opened opened = new Opened(bootstrap)) {
                check("[0]", Arrays.toString(opened.offsets(topic, -2, 1)), "earliest");
                check("[10, 0]", Arrays.toString(opened.offsets(topic, -1, 5)), "latest");
                check(OldProducer.expected(4, 10), read(bootstrap, topic, 4, 6, 100_000), "records");
                FetchResponse beyond = opened.consumer.fetch(new FetchRequestBuilder().addFetch(topic, 0, 99, 1000).build());
                check((short) 1, beyond.errorCode(topic, 0), "beyond the end");
            }
        });
        for (short version = 0; version < 2; version++) {
            short inVersion = version;
            CASES.put("commit: an offset that was committed is told, v" + version, bootstrap -> {
                TopicAndPartition partition = new TopicAndPartition(unique("topic"), 0);
                OldProducer.send(bootstrap, partition.topic(), 1);
                String group = unique("group");
                var offsets = Collections.singletonMap(partition, new OffsetAndMetadata(7, "noted", -1));
                var commit = new OffsetCommitRequest(group, offsets, 1, "client", inVersion);
                try (Opened opened = new Opened(bootstrap)) {
                    check((short) 0, opened.consumer.commitOffsets(commit).errors().get(partition), "commit");
                    var asked = new OffsetFetchRequest(group, Collections.singletonList(partition), inVersion, 2, "client");
                    OffsetMetadataAndError told = opened.consumer.fetchOffsets(asked).offsets().get(partition);
                    check("7 noted", told.offset() + " " + told.metadata(), "committed");
                }
            });
        }
    }

    /** A consumer that closes. */
    private static final class Opened implements AutoCloseable {
        final SimpleConsumer consumer;

        Opened(String bootstrap) {
            String[] parts = bootstrap.split(":");
            consumer = new SimpleConsumer(parts[0], Integer.parseInt(parts[1]), 30_000, 65_536, "old");
        }

        ByteBufferMessageSet fetch(String topic, long offset, int bytes) {
            FetchRequestBuilder asked = new FetchRequestBuilder().clientId("old").maxWait(100).minBytes(1);
            FetchResponse answer = consumer.fetch(asked.addFetch(topic, 0, offset, bytes).build());
            check((short) 0, answer.errorCode(topic, 0), "error");
            return answer.messageSet(topic, 0);
        }

        long[] offsets(String topic, long time, int count) {
            var asked = Collections.singletonMap(new TopicAndPartition(topic, 0), new PartitionOffsetRequestInfo(time, count));
            return consumer.getOffsetsBefore(new OffsetRequest(asked, (short) 0, "old")).offsets(topic, 0);
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    static List<String> read(String bootstrap, String topic, long from, int count, int bytes) {
        List<String> got = new ArrayList<>();
        long deadline = System.nanoTime() + 30_000_000_000L;
        try (Opened opened = new Opened(bootstrap)) {
            for (long at = from; got.size() < count;) {
                if (System.nanoTime() > deadline) throw new AssertionError("got " + got.size() + " of " + count + " in 30 s");
                for (MessageAndOffset one : opened.fetch(topic, at, bytes)) {
                    got.add(one.offset() + " " + text(one.message().key()) + "=" + text(one.message().payload()));
                    at = one.nextOffset();
                }
            }
        }
        return got;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
