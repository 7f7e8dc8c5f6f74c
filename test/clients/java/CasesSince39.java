import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicIdException;

/** What kafka-clients 2.8 could not do yet, and 3.9 can. */
public final class CasesSince39 extends Cases {
    static {
        CASES.put("admin topics: described and deleted by id", context -> {
            String topic = context.topic(2);
            try (Admin admin = context.admin()) {
                Uuid id = Described.topic(admin, topic).topicId();
                TopicCollection ids = TopicCollection.ofTopicIds(List.of(id));
                check(topic, admin.describeTopics(ids).allTopicIds().get().get(id).name(), "name");
                admin.deleteTopics(ids).all().get();
                refused(UnknownTopicIdException.class, () -> admin.deleteTopics(ids).all().get());
            }
        });

        CASES.put("admin records: the offset of the latest timestamp", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Producer<String, String> producer = context.producer(); Admin admin = context.admin()) {
                for (long at : new long[] {1000, 3000, 2000}) producer.send(new ProducerRecord<>(topic, 0, at, "k", "v")).get();
                var found = admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).partitionResult(partition).get();
                check(1L, found.offset(), "offset");
                check(3000L, found.timestamp(), "timestamp");
            }
        });

        CASES.put("admin groups: the offsets of several in one request", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 3);
            List<String> groups = List.of(context.unique("group"), context.unique("group"));
            for (String group : groups) {
                try (Consumer<String, String> consumer = context.consumer("group.id", group)) {
                    consumer.assign(List.of(partition));
                    poll(consumer, 3);
                    consumer.commitSync();
                }
            }
            try (Admin admin = context.admin()) {
                var asked = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition));
                var found = admin.listConsumerGroupOffsets(Map.of(groups.get(0), asked, groups.get(1), asked)).all().get();
                for (String group : groups) check(3L, found.get(group).get(partition).offset(), group);
            }
        });

        CASES.put("admin other: producers, the quorum, and the size of the disk", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 5);
            try (Admin admin = context.admin()) {
                var producers = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers();
                check(List.of(4), producers.stream().map(one -> one.lastSequence()).toList(), "last sequences");
                int node = admin.describeCluster().controller().get().id();
                var quorum = admin.describeMetadataQuorum().quorumInfo().get();
                check(node, quorum.leaderId(), "the quorum's leader");
                check(quorum.highWatermark() > 0, "the quorum's high watermark");
                var dir = admin.describeLogDirs(List.of(node)).allDescriptions().get().get(node).values().iterator().next();
                check(dir.totalBytes().getAsLong() >= dir.usableBytes().getAsLong(), "the size of the disk");
            }
        });

        CASES.put("consume: the lag is known without asking", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 10);
            try (Consumer<String, String> consumer = context.consumer("max.poll.records", 4)) {
                consumer.assign(List.of(partition));
                check(4, poll(consumer, 4).size(), "records of one poll");
                check(6L, consumer.currentLag(partition).getAsLong(), "lag");
            }
        });

        // Kafka offers it only with a receiver plugged in.
        if (!"kafka".equals(System.getenv("SKERRY_TEST_TARGET"))) {
            CASES.put("connect: a client that pushes telemetry gets its id", context -> {
                try (Producer<String, String> producer = context.producer()) {
                    Uuid id = producer.clientInstanceId(Duration.ofSeconds(20));
                    check(!id.equals(Uuid.ZERO_UUID), "an id of its own: " + id);
                }
            });
        }

        CASES.put("connect: a client without a broker in sight starts anew (rebootstrap)", context -> {
            String topic = context.topic(1);
            Object[] settings = {"metadata.recovery.strategy", "rebootstrap"};
            try (Producer<String, String> producer = context.producer(settings)) {
                producer.send(new ProducerRecord<>(topic, "v0")).get();
                context.ask("restart");
                producer.send(new ProducerRecord<>(topic, "v1")).get();
            }
            check(numbered(0, 2), values(context.readAll(topic, 1, 2)), "records");
        });
    }
}

/** A topic described; Described28.java says it in the words of 2.8. */
final class Described {
    static TopicDescription topic(Admin admin, String name) throws Exception {
        return admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
    }
}
