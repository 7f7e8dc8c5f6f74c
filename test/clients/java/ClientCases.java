import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What producers and consumers do, in the words of kafka-clients 2.8: every later client compiles it too. */
public final class ClientCases extends Cases {
    static {
        CASES.put("connect: metadata tells leaders and the address", context -> {
            String topic = context.topic(3);
            try (Producer<String, String> producer = context.producer()) {
                List<PartitionInfo> partitions = producer.partitionsFor(topic);
                check(3, partitions.size(), "partitions");
                for (PartitionInfo one : partitions) {
                    check(one.leader() != null && one.inSyncReplicas().length == 1, "each is led: " + one);
                    check(context.bootstrap(), one.leader().host() + ":" + one.leader().port(), "the address told");
                }
            }
            try (Consumer<String, String> consumer = context.consumer()) {
                check(consumer.listTopics().containsKey(topic), "the topic is listed");
            }
        });

        for (String acks : List.of("0", "1", "all")) {
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                CASES.put((codec.equals("none") ? "produce: " : "compression: ") + codec + ", acks=" + acks, context -> {
                    String topic = context.topic(1);
                    String text = "skerry ".repeat(100);
                    boolean idempotent = acks.equals("all");
                    Object[] settings = {
                        "acks", acks, "compression.type", codec, "enable.idempotence", idempotent, "linger.ms", 20
                    };
                    try (Producer<String, String> producer = context.producer(settings)) {
                        List<Future<RecordMetadata>> sent = new ArrayList<>();
                        for (int at = 0; at < 300; at++) {
                            sent.add(producer.send(new ProducerRecord<>(topic, "k" + at, text + at)));
                        }
                        for (int at = 0; at < 300; at++) {
                            check(acks.equals("0") ? -1L : at, sent.get(at).get().offset(), "offset of record " + at);
                        }
                    }
                    List<String> got = values(context.readAll(topic, 1, 300));
                    check(IntStream.range(0, 300).mapToObj(at -> text + at).toList(), got, "records");
                });
            }
        }

        CASES.put("headers: in order, empty and null", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer()) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, "k", "v");
                record.headers().add("a", new byte[] {0, (byte) 255}).add("b", null).add("a", new byte[0]);
                producer.send(record).get();
            }
            ConsumerRecord<String, String> got = context.readAll(topic, 1, 1).get(0);
            List<String> headers = new ArrayList<>();
            got.headers().forEach(header -> headers.add(header.key() + "=" + Arrays.toString(header.value())));
            check(List.of("a=[0, -1]", "b=null", "a=[]"), headers, "headers in order");
        });

        CASES.put("produce: null keys and values", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer()) {
                producer.send(new ProducerRecord<>(topic, null, "v"));
                producer.send(new ProducerRecord<>(topic, "k", null));
                producer.send(new ProducerRecord<>(topic, "", ""));
                producer.flush();
            }
            List<String> got = context.readAll(topic, 1, 3).stream().map(one -> one.key() + "/" + one.value()).toList();
            check(List.of("null/v", "k/null", "/"), got, "keys and values");
        });

        CASES.put("timestamps: CreateTime", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer()) {
                RecordMetadata sent = producer.send(new ProducerRecord<>(topic, 0, 1_600_000_000_123L, "k", "v")).get();
                check(1_600_000_000_123L, sent.timestamp(), "timestamp in the answer");
            }
            ConsumerRecord<String, String> got = context.readAll(topic, 1, 1).get(0);
            check(1_600_000_000_123L, got.timestamp(), "timestamp");
            check(TimestampType.CREATE_TIME, got.timestampType(), "type of timestamp");
        });

        CASES.put("timestamps: LogAppendTime", context -> {
            String topic = context.topic(1, Map.of("message.timestamp.type", "LogAppendTime"));
            long before = System.currentTimeMillis();
            try (Producer<String, String> producer = context.producer()) {
                RecordMetadata sent = producer.send(new ProducerRecord<>(topic, 0, 1_000L, "k", "v")).get();
                check(sent.timestamp() >= before, "the broker's time in the answer: " + sent.timestamp());
            }
            ConsumerRecord<String, String> got = context.readAll(topic, 1, 1).get(0);
            check(TimestampType.LOG_APPEND_TIME, got.timestampType(), "type of timestamp");
            check(got.timestamp() >= before, "the broker's time in the record: " + got.timestamp());
        });

        CASES.put("consume: from the earliest", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 5);
            try (Consumer<String, String> consumer = context.consumer("group.id", context.unique("group"))) {
                consumer.subscribe(List.of(topic));
                check(numbered(0, 5), values(poll(consumer, 5)), "records");
            }
        });

        CASES.put("consume: from the latest", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 5);
            Object[] settings = {"group.id", context.unique("group"), "auto.offset.reset", "latest"};
            try (Consumer<String, String> consumer = context.consumer(settings)) {
                consumer.subscribe(List.of(topic));
                eventually("a position", () -> {
                    consumer.poll(Duration.ofMillis(50));
                    if (consumer.assignment().isEmpty()) return Optional.empty();
                    return Optional.of(consumer.position(new TopicPartition(topic, 0)));
                });
                context.send(topic, 5, 7);
                check(numbered(5, 7), values(poll(consumer, 2)), "records");
            }
        });

        CASES.put("seek: to a timestamp", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Producer<String, String> producer = context.producer()) {
                for (int at = 0; at < 5; at++) producer.send(new ProducerRecord<>(topic, 0, 1000L + at * 10, "k", "v" + at));
                producer.flush();
            }
            try (Consumer<String, String> consumer = context.consumer()) {
                consumer.assign(List.of(partition));
                var found = consumer.offsetsForTimes(Map.of(partition, 1015L)).get(partition);
                check(2L, found.offset(), "offset for 1015");
                check(1020L, found.timestamp(), "timestamp found for 1015");
                check(null, consumer.offsetsForTimes(Map.of(partition, 1041L)).get(partition), "nothing after the last");
                consumer.seek(partition, found.offset());
                check(numbered(2, 5), values(poll(consumer, 3)), "records");
                check(Map.of(partition, 0L), consumer.beginningOffsets(List.of(partition)), "beginning");
                check(Map.of(partition, 5L), consumer.endOffsets(List.of(partition)), "end");
            }
        });

        CASES.put("group: two members rebalance", context -> rebalance(context));

        CASES.put("cooperative: two members rebalance",
            context -> rebalance(context, "partition.assignment.strategy", CooperativeStickyAssignor.class.getName()));

        CASES.put("static membership: a member comes back without a rebalance", context -> {
            String topic = context.topic(2);
            String group = context.unique("static");
            Function<String, Consumer<String, String>> member =
                id -> context.consumer("group.id", group, "group.instance.id", id, "session.timeout.ms", 30_000);
            Consumer<String, String> one = member.apply("one");
            try (one) {
                Consumer<String, String> two = member.apply("two");
                one.subscribe(List.of(topic));
                two.subscribe(List.of(topic));
                balance(one, two, 1, 1);
                int generation = one.groupMetadata().generationId();
                Set<TopicPartition> held = two.assignment();
                // A static member says no goodbye when it closes: its place is kept.
                two.close();
                Consumer<String, String> again = member.apply("two");
                try (again) {
                    again.subscribe(List.of(topic));
                    balance(one, again, 1, 1);
                    check(held, again.assignment(), "its old partitions");
                    check(generation, one.groupMetadata().generationId(), "generation");
                }
            }
        });

        CASES.put("commit: and resume", context -> {
            String topic = context.topic(1);
            String group = context.unique("group");
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 10);
            try (Consumer<String, String> consumer = context.consumer("group.id", group, "max.poll.records", 4)) {
                consumer.subscribe(List.of(topic));
                check(4, poll(consumer, 4).size(), "records of one poll");
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3, Optional.of(0), "three")));
                OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
                check(3L, committed.offset(), "committed offset");
                check("three", committed.metadata(), "committed metadata");
            }
            try (Consumer<String, String> consumer = context.consumer("group.id", group)) {
                consumer.subscribe(List.of(topic));
                check(numbered(3, 10), values(poll(consumer, 7)), "records after the commit");
                consumer.commitSync();
            }
            try (Consumer<String, String> consumer = context.consumer("group.id", group)) {
                check(10L, consumer.committed(Set.of(partition)).get(partition).offset(), "committed by position");
            }
        });

        CASES.put("commit: automatic", context -> {
            String topic = context.topic(1);
            String group = context.unique("group");
            context.send(topic, 0, 3);
            Object[] settings = {"group.id", group, "enable.auto.commit", true, "auto.commit.interval.ms", 50};
            try (Consumer<String, String> consumer = context.consumer(settings)) {
                consumer.subscribe(List.of(topic));
                poll(consumer, 3);
            }
            try (Admin admin = context.admin()) {
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                check(3L, offsets.get(new TopicPartition(topic, 0)).offset(), "committed on close");
            }
        });

        CASES.put("idempotence: each once, in order, five in flight", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 2000, "enable.idempotence", true, "batch.size", 500, "linger.ms", 1);
            check(numbered(0, 2000), values(context.readAll(topic, 1, 2000)), "each once, in order, five in flight");
        });

        CASES.put("transactions: what is committed is read, with its offsets, what is aborted is not", context -> {
            String topic = context.topic(2);
            String group = context.unique("group");
            TopicPartition source = new TopicPartition(topic, 0);
            String id = context.unique("id");
            try (Producer<String, String> producer = context.producer("transactional.id", id); Admin admin = context.admin()) {
                producer.initTransactions();
                for (int at = 0; at < 20; at++) {
                    producer.beginTransaction();
                    for (int of = 0; of < 10; of++) producer.send(new ProducerRecord<>(topic, at % 2, null, "v" + (at * 10 + of)));
                    var next = Map.of(source, new OffsetAndMetadata(at + 1));
                    producer.sendOffsetsToTransaction(next, new ConsumerGroupMetadata(group));
                    if (at % 5 == 4) producer.abortTransaction();
                    else producer.commitTransaction();
                }
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                check(19L, offsets.get(source).offset(), "offset of the last that was committed");
            }
            var committed = values(context.readAll(topic, 2, 160, "isolation.level", "read_committed"));
            var expected = new HashSet<String>();
            for (int at = 0; at < 200; at++) if (at / 10 % 5 != 4) expected.add("v" + at);
            check(160, committed.size(), "records");
            check(expected, new HashSet<>(committed), "values");
        });

        CASES.put("transactions: who comes later shuts the earlier producer out", context -> {
            String topic = context.topic(1);
            String id = context.unique("id");
            try (Producer<String, String> zombie = context.producer("transactional.id", id);
                    Producer<String, String> next = context.producer("transactional.id", id)) {
                zombie.initTransactions();
                zombie.beginTransaction();
                zombie.send(new ProducerRecord<>(topic, "lost")).get();
                next.initTransactions();
                next.beginTransaction();
                next.send(new ProducerRecord<>(topic, "kept"));
                next.commitTransaction();
                try {
                    zombie.commitTransaction();
                    check("fenced", "committed", "the zombie");
                } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
                    // Which of them depends on the client.
                }
            }
            check(List.of("kept"), values(context.readAll(topic, 1, 1, "isolation.level", "read_committed")), "values");
        });

        CASES.put("large: a record over the limit is refused", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("max.request.size", 20_000_000)) {
                String large = "x".repeat(2_000_000);
                refused(RecordTooLargeException.class, () -> producer.send(new ProducerRecord<>(topic, large)).get());
                check(0L, producer.send(new ProducerRecord<>(topic, "small")).get().offset(), "offset of the next");
            }
        });

        CASES.put("connect: an unknown topic is created (auto creation on)", context -> {
            String topic = context.unique("auto");
            context.send(topic, 0, 3);
            check(numbered(0, 3), values(context.readAll(topic, 1, 3)), "records");
            String asked = context.unique("asked");
            try (Consumer<String, String> consumer = context.consumer("group.id", context.unique("group"));
                Admin admin = context.admin()) {
                consumer.subscribe(List.of(asked));
                eventually("the topic a consumer asked for", () -> {
                    consumer.poll(Duration.ofMillis(20));
                    return admin.listTopics().names().get().contains(asked) ? Optional.of(1) : Optional.empty();
                });
            }
        });

        CASES.put("connect: an unknown topic stays unknown (auto creation off)", context -> {
            String topic = context.unique("never");
            try (Producer<String, String> producer = context.producer("max.block.ms", 500); Admin admin = context.admin()) {
                refused(TimeoutException.class, () -> producer.send(new ProducerRecord<>(topic, "v")).get());
                check(!admin.listTopics().names().get().contains(topic), "not created");
                Callable<?> describing = () -> Described.topic(admin, topic);
                refused(UnknownTopicOrPartitionException.class, describing);
            }
        });

        for (String how : List.of("restart", "kill9")) {
            CASES.put("restart: the broker goes and comes back (" + how + ")", context -> {
                String topic = context.topic(1);
                String group = context.unique("survivor");
                try (Producer<String, String> producer = context.producer();
                    Consumer<String, String> consumer = context.consumer("group.id", group)) {
                    consumer.subscribe(List.of(topic));
                    for (int at = 0; at < 5; at++) producer.send(new ProducerRecord<>(topic, "v" + at)).get();
                    check(numbered(0, 5), values(poll(consumer, 5)), "before");
                    consumer.commitSync();
                    context.ask(how);
                    if (how.equals("kill9")) context.ask("restart");
                    for (int at = 5; at < 10; at++) producer.send(new ProducerRecord<>(topic, "v" + at)).get();
                    check(numbered(5, 10), values(poll(consumer, 5)), "after");
                    consumer.commitSync();
                }
                check(numbered(0, 10), values(context.readAll(topic, 1, 10)), "all of it");
            });
        }

        CASES.put("restart: idempotent produce over kill -9 writes each record once", context -> {
            String topic = context.topic(1);
            // Without a broker in sight it would forget the topic, and each send would wait for the one that is asked for below.
            Object[] settings = {"batch.size", 200, "linger.ms", 1, "metadata.recovery.strategy", "none"};
            try (Producer<String, String> producer = context.producer(settings)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int at = 0; at < 200; at++) sent.add(producer.send(new ProducerRecord<>(topic, "v" + at)));
                sent.get(50).get();
                context.ask("kill9");
                for (int at = 200; at < 300; at++) sent.add(producer.send(new ProducerRecord<>(topic, "v" + at)));
                context.ask("restart");
                for (Future<RecordMetadata> one : sent) one.get();
            }
            check(numbered(0, 300), values(context.readAll(topic, 1, 300)), "records");
        });

        CASES.put("seek: an offset out of range is told, or reset", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 3);
            try (Consumer<String, String> consumer = context.consumer("auto.offset.reset", "none")) {
                consumer.assign(List.of(partition));
                consumer.seek(partition, 100);
                refused(OffsetOutOfRangeException.class, () -> poll(consumer, 1));
            }
            try (Consumer<String, String> consumer = context.consumer()) {
                consumer.assign(List.of(partition));
                consumer.seek(partition, 100);
                check(numbered(0, 3), values(poll(consumer, 3)), "from the beginning again");
            }
        });

        CASES.put("seek: pause, resume and seek", context -> {
            String topic = context.topic(2);
            List<TopicPartition> both = partitions(topic, 2);
            try (Producer<String, String> producer = context.producer()) {
                for (int at = 0; at < 6; at++) producer.send(new ProducerRecord<>(topic, at % 2, "k", "v" + at));
                producer.flush();
            }
            try (Consumer<String, String> consumer = context.consumer()) {
                consumer.assign(both);
                consumer.pause(both.subList(0, 1));
                check(List.of("v1", "v3", "v5"), values(poll(consumer, 3)), "the running partition");
                consumer.resume(both);
                check(List.of("v0", "v2", "v4"), values(poll(consumer, 3)), "the paused one");
                consumer.seek(both.get(1), 2);
                check(List.of("v5"), values(poll(consumer, 1)), "after the seek");
            }
        });

        CASES.put("large: a fetch returns a whole batch over its limits (KIP-74)", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("linger.ms", 50, "batch.size", 100_000)) {
                for (int at = 0; at < 20; at++) producer.send(new ProducerRecord<>(topic, "x".repeat(4000)));
                producer.flush();
            }
            Object[] settings = {"max.partition.fetch.bytes", 100, "fetch.max.bytes", 100};
            check(20, context.readAll(topic, 1, 20, settings).size(), "records");
        });

        CASES.put("consume: read_committed sees plain records", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 5);
            check(numbered(0, 5), values(context.readAll(topic, 1, 5, "isolation.level", "read_committed")), "records");
        });

        CASES.put("consume: many records over many partitions (fetch sessions)", context -> {
            String topic = context.topic(12);
            context.send(topic, 0, 12_000, "linger.ms", 5);
            Object[] settings = {"max.partition.fetch.bytes", 8000, "fetch.max.bytes", 30_000};
            List<ConsumerRecord<String, String>> got = context.readAll(topic, 12, 12_000, settings);
            check(12_000, new HashSet<>(values(got)).size(), "distinct records");
            Map<Integer, Long> next = new HashMap<>();
            for (ConsumerRecord<String, String> one : got) {
                check(next.getOrDefault(one.partition(), 0L), one.offset(), "offsets of partition " + one.partition());
                next.put(one.partition(), one.offset() + 1);
            }
        });

        CASES.put("produce: a key goes where kafkajs puts it", context -> {
            String topic = context.topic(10);
            try (Producer<String, String> producer = context.producer()) {
                List<Integer> placed = new ArrayList<>();
                for (String key : List.of("a", "pump-7", "skerry")) {
                    placed.add(producer.send(new ProducerRecord<>(topic, key, "v")).get().partition());
                }
                check(List.of(4, 2, 2), placed, "partitions");
            }
        });

        CASES.put("produce: bytes pass unchanged", context -> {
            String topic = context.topic(1);
            byte[] bytes = new byte[70_000];
            new java.util.Random(7).nextBytes(bytes);
            Map<String, Object> settings = context.settings("auto.offset.reset", "earliest");
            ByteArraySerializer out = new ByteArraySerializer();
            try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, out, out)) {
                producer.send(new ProducerRecord<>(topic, bytes, bytes)).get();
            }
            ByteArrayDeserializer in = new ByteArrayDeserializer();
            try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, in, in)) {
                consumer.assign(partitions(topic, 1));
                var got = eventually("the record", () -> {
                    var records = consumer.poll(Duration.ofMillis(100));
                    return records.isEmpty() ? Optional.empty() : Optional.of(records.iterator().next());
                });
                check(true, Arrays.equals(bytes, got.key()) && Arrays.equals(bytes, got.value()), "same bytes");
            }
        });

        CASES.put("connect: a broker that is not there is passed over", context -> {
            String topic = context.topic(1);
            Object[] settings = {"bootstrap.servers", "127.0.0.1:1," + context.bootstrap()};
            context.send(topic, 0, 3, settings);
            check(numbered(0, 3), values(context.readAll(topic, 1, 3, settings)), "records");
        });

        CASES.put("consume: topics of a pattern, and those that come later", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 2);
            String later = topic + "-later";
            Object[] settings = {"group.id", context.unique("group"), "metadata.max.age.ms", 200};
            try (Consumer<String, String> consumer = context.consumer(settings); Admin admin = context.admin()) {
                consumer.subscribe(Pattern.compile(topic + ".*"));
                check(numbered(0, 2), values(poll(consumer, 2)), "records of the first");
                consumer.commitSync();
                create(admin, later, 1, Map.of());
                context.send(later, 2, 4);
                check(numbered(2, 4), values(poll(consumer, 2)), "records of the later");
                check(2, consumer.assignment().size(), "partitions");
            }
        });

        CASES.put("consume: a poll is woken up", context -> {
            String topic = context.topic(1);
            try (Consumer<String, String> consumer = context.consumer()) {
                consumer.assign(partitions(topic, 1));
                consumer.poll(Duration.ofMillis(1));
                consumer.wakeup();
                refused(WakeupException.class, () -> consumer.poll(Duration.ofSeconds(30)));
                context.send(topic, 0, 1);
                check(numbered(0, 1), values(poll(consumer, 1)), "and it goes on");
            }
        });

        CASES.put("commit: asynchronous, told to a callback, in order", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            context.send(topic, 0, 20);
            try (Consumer<String, String> consumer = context.consumer("group.id", context.unique("group"), "max.poll.records", 1)) {
                consumer.subscribe(List.of(topic));
                List<Long> told = new ArrayList<>();
                for (int at = 1; at <= 20; at++) {
                    poll(consumer, 1);
                    consumer.commitAsync((offsets, error) -> told.add(error == null ? offsets.get(partition).offset() : -1L));
                }
                consumer.commitSync();
                check(IntStream.rangeClosed(1, 20).mapToObj(Long::valueOf).toList(), told, "callbacks");
                check(20L, consumer.committed(Set.of(partition)).get(partition).offset(), "committed");
            }
        });

        CASES.put("commit: one of a member that was thrown out is refused", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 2);
            String group = context.unique("group");
            Object[] settings = {"group.id", group, "max.poll.interval.ms", 300, "session.timeout.ms", 6000};
            try (Consumer<String, String> consumer = context.consumer(settings); Admin admin = context.admin()) {
                consumer.subscribe(List.of(topic));
                poll(consumer, 2);
                // Its own heartbeat thread leaves the group when no poll comes for so long.
                eventually("an empty group", () -> {
                    var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                    return described.members().isEmpty() ? Optional.of(1) : Optional.empty();
                });
                refused(CommitFailedException.class, () -> {
                    consumer.commitSync();
                    return null;
                });
            }
        });

        CASES.put("group: a member that is closed hands over at once", context -> {
            String topic = context.topic(2);
            String group = context.unique("group");
            try (Consumer<String, String> one = context.consumer("group.id", group)) {
                Consumer<String, String> two = context.consumer("group.id", group);
                one.subscribe(List.of(topic));
                two.subscribe(List.of(topic));
                balance(one, two, 1, 1);
                two.close();
                long closed = System.nanoTime();
                eventually("one to hold both", () -> {
                    one.poll(Duration.ofMillis(30));
                    return one.assignment().size() == 2 ? Optional.of(1) : Optional.empty();
                });
                // Its session would have lasted 45 s.
                check(System.nanoTime() - closed < Duration.ofSeconds(20).toNanos(), "it left rather than ran out");
            }
        });

        CASES.put("static membership: two of one name, the elder is fenced", context -> {
            String topic = context.topic(1);
            Object[] settings = {"group.id", context.unique("static"), "group.instance.id", "one"};
            try (Consumer<String, String> elder = context.consumer(settings)) {
                elder.subscribe(List.of(topic));
                eventually("the partition", () -> {
                    elder.poll(Duration.ofMillis(30));
                    return elder.assignment().isEmpty() ? Optional.empty() : Optional.of(1);
                });
                try (Consumer<String, String> younger = context.consumer(settings)) {
                    younger.subscribe(List.of(topic));
                    refused(FencedInstanceIdException.class, () -> eventually("the end of the elder", () -> {
                        younger.poll(Duration.ofMillis(30));
                        elder.poll(Duration.ofMillis(30));
                        return Optional.empty();
                    }));
                    context.send(topic, 0, 1);
                    check(numbered(0, 1), values(poll(younger, 1)), "records of the younger");
                }
            }
        });

        CASES.put("large: a record of eight megabytes", context -> {
            String topic = context.topic(1, Map.of("max.message.bytes", "10000000"));
            String large = "skerry!!".repeat(1 << 20);
            Object[] settings = {"max.request.size", 20_000_000, "buffer.memory", 64_000_000L};
            try (Producer<String, String> producer = context.producer(settings)) {
                producer.send(new ProducerRecord<>(topic, large)).get();
            }
            check(large, context.readAll(topic, 1, 1).get(0).value(), "the record");
        });

        CASES.put("timestamps: one too far in the future is refused", context -> {
            String topic = context.topic(1, Map.of("message.timestamp.after.max.ms", "60000"));
            try (Producer<String, String> producer = context.producer()) {
                long late = System.currentTimeMillis() + 3_600_000;
                refused(InvalidTimestampException.class, () -> producer.send(new ProducerRecord<>(topic, 0, late, "k", "v")).get());
                check(0L, producer.send(new ProducerRecord<>(topic, "v")).get().offset(), "offset of the next");
            }
        });
    }

    private static void balance(Consumer<?, ?> one, Consumer<?, ?> two, int ofOne, int ofTwo) throws Exception {
        eventually(ofOne + " and " + ofTwo + " partitions", () -> {
            one.poll(Duration.ofMillis(30));
            two.poll(Duration.ofMillis(30));
            boolean even = one.assignment().size() == ofOne && two.assignment().size() == ofTwo;
            return even ? Optional.of(1) : Optional.empty();
        });
    }

    private static void rebalance(Context context, Object... settings) throws Exception {
        String topic = context.topic(4);
        List<Object> all = new ArrayList<>(List.of("group.id", context.unique("group")));
        all.addAll(Arrays.asList(settings));
        try (Consumer<String, String> one = context.consumer(all.toArray())) {
            one.subscribe(List.of(topic));
            eventually("one to hold all", () -> {
                one.poll(Duration.ofMillis(30));
                return one.assignment().size() == 4 ? Optional.of(1) : Optional.empty();
            });
            try (Consumer<String, String> two = context.consumer(all.toArray())) {
                two.subscribe(List.of(topic));
                balance(one, two, 2, 2);
                Set<TopicPartition> union = new HashSet<>(one.assignment());
                union.addAll(two.assignment());
                check(4, union.size(), "partitions held by either");
            }
            eventually("one to hold all again", () -> {
                one.poll(Duration.ofMillis(30));
                return one.assignment().size() == 4 ? Optional.of(1) : Optional.empty();
            });
            context.send(topic, 0, 20);
            check(20, poll(one, 20).size(), "records after the rebalances");
        }
    }
}
