import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What programs do with kafka-clients 0.9 and 0.10. */
public final class OldGear extends OldCases {
    static {
        CASES.put("connect: a topic's partitions are told", bootstrap -> {
            KafkaProducer<String, String> producer = OldProducer.open(bootstrap);
            check(2, producer.partitionsFor(unique("topic")).size(), "partitions");
            producer.close();
        });
        CASES.put("produce: keys, values, and those that are null come back in order", bootstrap -> {
            String topic = unique("topic");
            check(OldProducer.numbers(100), OldProducer.send(bootstrap, topic, 100), "offsets");
            check(OldProducer.expected(0, 100), read(bootstrap, topic, 100), "records");
        });
        CASES.put("produce: with acks=0 nothing is waited for", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 1);
            OldProducer.send(bootstrap, topic, 50, "acks", "0");
            check(51, read(bootstrap, topic, 51).size(), "records");
        });
        for (String codec : Arrays.asList("gzip", "snappy", "lz4")) {
            CASES.put("compression: " + codec, bootstrap -> {
                String topic = unique("topic");
                Object[] settings = {"compression.type", codec, "linger.ms", 50, "batch.size", 65536};
                check(OldProducer.numbers(500), OldProducer.send(bootstrap, topic, 500, settings), "offsets");
                check(OldProducer.expected(0, 500), read(bootstrap, topic, 500), "records");
            });
        }
        CASES.put("consume: a compressed batch larger than what is fetched at once", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 5000, "compression.type", "gzip", "linger.ms", 100, "batch.size", 500000);
            List<String> got = read(bootstrap, topic, 5000, "max.partition.fetch.bytes", 4096);
            check(OldProducer.expected(0, 5000), got, "records");
        });
        CASES.put("large: a record that is larger than what is fetched at once", bootstrap -> {
            String topic = unique("topic");
            KafkaProducer<String, String> producer = OldProducer.open(bootstrap);
            String value = String.join("", Collections.nCopies(90_000, "0123456789"));
            producer.send(new ProducerRecord<>(topic, 0, "k", value)).get();
            producer.close();
            try {
                check("0 k=" + value, read(bootstrap, topic, 1, "max.partition.fetch.bytes", 1000).get(0), "record");
                check(false, version.startsWith("0.9"), "0.9 refuses it");
            } catch (RecordTooLargeException refused) {
                check(true, version.startsWith("0.9"), "0.9 alone refuses it");
            }
        });
        CASES.put("seek: from the middle of a compressed batch", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 100, "compression.type", "gzip", "linger.ms", 100);
            KafkaConsumer<String, String> consumer = open(bootstrap);
            consumer.assign(Collections.singletonList(new TopicPartition(topic, 0)));
            consumer.seek(new TopicPartition(topic, 0), 42);
            check(OldProducer.expected(42, 100), poll(consumer, 58), "records");
            check(100L, consumer.position(new TopicPartition(topic, 0)), "position");
            consumer.close();
        });
        CASES.put("commit: an offset that was committed is told", bootstrap -> {
            TopicPartition partition = new TopicPartition(unique("topic"), 0);
            OldProducer.send(bootstrap, partition.topic(), 10);
            String group = unique("group");
            KafkaConsumer<String, String> first = open(bootstrap, "group.id", group);
            first.assign(Collections.singletonList(partition));
            first.commitSync(Collections.singletonMap(partition, new OffsetAndMetadata(7, "noted")));
            first.close();
            KafkaConsumer<String, String> second = open(bootstrap, "group.id", group);
            check(new OffsetAndMetadata(7, "noted"), second.committed(partition), "committed");
            second.close();
        });
        CASES.put("group: who comes later goes on where the group was", bootstrap -> {
            String topic = unique("topic");
            OldProducer.send(bootstrap, topic, 100);
            String group = unique("group");
            KafkaConsumer<String, String> first = open(bootstrap, "group.id", group, "max.partition.fetch.bytes", 1000);
            first.subscribe(Collections.singletonList(topic));
            List<String> got = poll(first, 1);
            first.commitSync();
            first.close();
            KafkaConsumer<String, String> second = open(bootstrap, "group.id", group);
            second.subscribe(Collections.singletonList(topic));
            got.addAll(poll(second, 100 - got.size()));
            second.close();
            check(OldProducer.expected(0, 100), got, "records");
        });
    }

    static KafkaConsumer<String, String> open(String bootstrap, Object... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", bootstrap);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        all.put("fetch.max.wait.ms", 50);
        all.put("group.id", unique("group"));
        for (int at = 0; at < settings.length; at += 2) all.put((String) settings[at], settings[at + 1]);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    static List<String> read(String bootstrap, String topic, int count, Object... settings) {
        KafkaConsumer<String, String> consumer = open(bootstrap, settings);
        try {
            consumer.assign(Collections.singletonList(new TopicPartition(topic, 0)));
            return poll(consumer, count);
        } finally {
            consumer.close();
        }
    }

    static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        List<String> got = new ArrayList<>();
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (got.size() < count) {
            if (System.nanoTime() > deadline) throw new AssertionError("got " + got.size() + " of " + count + " in 30 s");
            for (ConsumerRecord<String, String> one : consumer.poll(100)) {
                got.add(one.offset() + " " + one.key() + "=" + one.value());
            }
        }
        return got;
    }
}
