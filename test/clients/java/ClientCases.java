import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Cases of the Java client, in one process: a JVM start costs more than most cases.
 *
 * The first line out tells the cases. A line in is a bootstrap address, a tab, and a case; the answer is a line of JSON with its
 * verdict. A case that wants the broker restarted prints {"ask": ...} and reads the line that says it is done.
 */
public final class ClientCases {
    interface Body {
        void run(Context context) throws Exception;
    }

    /** What one run of a case may reach. */
    record Context(String bootstrap, String name) {
        private static final AtomicInteger COUNT = new AtomicInteger();

        String unique(String what) {
            return what + "-java-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        }

        void ask(String what) throws Exception {
            OUT.println("{\"ask\":\"" + what + "\"}");
            check("done", IN.readLine(), "the driver's answer");
        }

        Admin admin() {
            return Admin.create(Map.of("bootstrap.servers", bootstrap));
        }

        String topic(int partitions) throws Exception {
            String topic = unique("topic");
            try (Admin admin = admin()) {
                admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
                // Metadata may run ahead of the partitions for a moment: offsets are answered by those that are led.
                Map<TopicPartition, OffsetSpec> all = new HashMap<>();
                for (int at = 0; at < partitions; at++) all.put(new TopicPartition(topic, at), OffsetSpec.latest());
                admin.listOffsets(all).all().get();
            }
            return topic;
        }

        Producer<String, String> producer(Object... settings) {
            return new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer());
        }

        Consumer<String, String> consumer(Object... settings) {
            Map<String, Object> all = settings(settings);
            all.putIfAbsent("auto.offset.reset", "earliest");
            all.putIfAbsent("heartbeat.interval.ms", 100);
            all.putIfAbsent("group.protocol", "classic");
            all.putIfAbsent("enable.auto.commit", false);
            return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        }

        private Map<String, Object> settings(Object... pairs) {
            Map<String, Object> all = new HashMap<>();
            all.put("bootstrap.servers", bootstrap);
            all.put("reconnect.backoff.max.ms", 200);
            all.put("retry.backoff.ms", 50);
            for (int at = 0; at < pairs.length; at += 2) all.put((String) pairs[at], pairs[at + 1]);
            return all;
        }

        void send(String topic, int from, int to, Object... settings) throws Exception {
            try (Producer<String, String> producer = producer(settings)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int at = from; at < to; at++) sent.add(producer.send(new ProducerRecord<>(topic, "k" + at, "v" + at)));
                for (Future<RecordMetadata> one : sent) one.get();
            }
        }

        List<ConsumerRecord<String, String>> readAll(String topic, int partitions, int wanted, Object... settings) {
            try (Consumer<String, String> consumer = consumer(settings)) {
                consumer.assign(partitions(topic, partitions));
                consumer.seekToBeginning(consumer.assignment());
                return poll(consumer, wanted);
            }
        }
    }

    private static final PrintStream OUT = System.out;
    private static final BufferedReader IN = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private static final Map<String, Body> CASES = new LinkedHashMap<>();

    private static void check(Object expected, Object actual, String what) {
        if (!java.util.Objects.equals(expected, actual)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    private static <T> T eventually(String what, Callable<Optional<T>> attempt) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline) {
            Optional<T> found = attempt.call();
            if (found.isPresent()) return found.get();
            Thread.sleep(5);
        }
        throw new AssertionError("not within 30 s: " + what);
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(at -> new TopicPartition(topic, at)).toList();
    }

    private static List<ConsumerRecord<String, String>> poll(Consumer<String, String> consumer, int wanted) {
        List<ConsumerRecord<String, String>> got = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (got.size() < wanted) {
            check(System.nanoTime() < deadline, "got " + got.size() + " of " + wanted + " records within 30 s");
            consumer.poll(Duration.ofMillis(100)).forEach(got::add);
        }
        return got;
    }

    private static List<String> values(Collection<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(at -> "v" + at).toList();
    }

    private static <T extends Throwable> T refused(Class<T> kind, Callable<?> action) throws Exception {
        try {
            action.call();
        } catch (ExecutionException error) {
            check(kind.isInstance(error.getCause()), "expected " + kind.getSimpleName() + ", got " + error.getCause());
            return kind.cast(error.getCause());
        } catch (Exception error) {
            check(kind.isInstance(error), "expected " + kind.getSimpleName() + ", got " + error);
            return kind.cast(error);
        }
        throw new AssertionError("expected " + kind.getSimpleName() + ", got no error");
    }

    static {
        CASES.put("metadata", context -> {
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

        CASES.put("topics are created, listed, described and deleted", context -> {
            String topic = context.unique("admin");
            try (Admin admin = context.admin()) {
                NewTopic wanted = new NewTopic(topic, Optional.of(4), Optional.empty());
                var created = admin.createTopics(List.of(wanted));
                created.all().get();
                check(4, created.numPartitions(topic).get(), "partitions in the answer of CreateTopics");
                check(1, created.replicationFactor(topic).get(), "replication factor in the answer of CreateTopics");
                check(created.config(topic).get().get("max.message.bytes") != null, "settings in the answer of CreateTopics");
                check(admin.listTopics().names().get().contains(topic), "listed");
                TopicDescription described = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                check(4, described.partitions().size(), "described");
                check(created.topicId(topic).get(), described.topicId(), "topic ids of CreateTopics and Metadata");
                refused(TopicExistsException.class, () -> admin.createTopics(List.of(wanted)).all().get());
                NewTopic wide = new NewTopic(context.unique("wide"), 1, (short) 5);
                refused(InvalidReplicationFactorException.class, () -> admin.createTopics(List.of(wide)).all().get());
                admin.deleteTopics(List.of(topic)).all().get();
                eventually("gone", () -> admin.listTopics().names().get().contains(topic) ? Optional.empty() : Optional.of(1));
                refused(UnknownTopicOrPartitionException.class, () -> admin.deleteTopics(List.of(topic)).all().get());
            }
        });

        for (String acks : List.of("0", "1", "all")) {
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                CASES.put("produce acks=" + acks + " " + codec, context -> {
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

        CASES.put("headers", context -> {
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

        CASES.put("null keys and values", context -> {
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

        CASES.put("timestamps", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer()) {
                RecordMetadata sent = producer.send(new ProducerRecord<>(topic, 0, 1_600_000_000_123L, "k", "v")).get();
                check(1_600_000_000_123L, sent.timestamp(), "timestamp in the answer");
            }
            ConsumerRecord<String, String> got = context.readAll(topic, 1, 1).get(0);
            check(1_600_000_000_123L, got.timestamp(), "timestamp");
            check(TimestampType.CREATE_TIME, got.timestampType(), "type of timestamp");
        });

        CASES.put("LogAppendTime", context -> {
            String topic = context.unique("append-time");
            try (Admin admin = context.admin()) {
                NewTopic wanted = new NewTopic(topic, 1, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime"));
                admin.createTopics(List.of(wanted)).all().get();
            }
            long before = System.currentTimeMillis();
            try (Producer<String, String> producer = context.producer()) {
                RecordMetadata sent = producer.send(new ProducerRecord<>(topic, 0, 1_000L, "k", "v")).get();
                check(sent.timestamp() >= before, "the broker's time in the answer: " + sent.timestamp());
            }
            ConsumerRecord<String, String> got = context.readAll(topic, 1, 1).get(0);
            check(TimestampType.LOG_APPEND_TIME, got.timestampType(), "type of timestamp");
            check(got.timestamp() >= before, "the broker's time in the record: " + got.timestamp());
        });

        CASES.put("consume from the earliest", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 5);
            try (Consumer<String, String> consumer = context.consumer("group.id", context.unique("group"))) {
                consumer.subscribe(List.of(topic));
                check(numbered(0, 5), values(poll(consumer, 5)), "records");
            }
        });

        CASES.put("consume from the latest", context -> {
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

        CASES.put("consume from a timestamp", context -> {
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

        CASES.put("two members rebalance", context -> rebalance(context));
        CASES.put("two members rebalance (cooperative sticky)",
            context -> rebalance(context, "partition.assignment.strategy", CooperativeStickyAssignor.class.getName()));

        CASES.put("a static member comes back without a rebalance", context -> {
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

        CASES.put("commit and resume", context -> {
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

        CASES.put("auto commit", context -> {
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

        CASES.put("idempotent produce", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 2000, "enable.idempotence", true, "batch.size", 500, "linger.ms", 1);
            check(numbered(0, 2000), values(context.readAll(topic, 1, 2000)), "each once, in order, five in flight");
        });

        CASES.put("a record over the limit", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("max.request.size", 20_000_000)) {
                String large = "x".repeat(2_000_000);
                refused(RecordTooLargeException.class, () -> producer.send(new ProducerRecord<>(topic, large)).get());
                check(0L, producer.send(new ProducerRecord<>(topic, "small")).get().offset(), "offset of the next");
            }
        });

        CASES.put("a batch over the limit is split by the client", context -> {
            String topic = context.unique("split");
            try (Admin admin = context.admin()) {
                NewTopic wanted = new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", "2000"));
                admin.createTopics(List.of(wanted)).all().get();
            }
            try (Producer<String, String> producer = context.producer("batch.size", 100_000, "linger.ms", 200)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int at = 0; at < 20; at++) sent.add(producer.send(new ProducerRecord<>(topic, "x".repeat(500))));
                for (Future<RecordMetadata> one : sent) one.get();
            }
            check(20, context.readAll(topic, 1, 20).size(), "records");
        });

        CASES.put("an unknown topic is created (auto creation on)", context -> {
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

        CASES.put("an unknown topic stays unknown (auto creation off)", context -> {
            String topic = context.unique("never");
            try (Producer<String, String> producer = context.producer("max.block.ms", 500); Admin admin = context.admin()) {
                refused(TimeoutException.class, () -> producer.send(new ProducerRecord<>(topic, "v")).get());
                check(!admin.listTopics().names().get().contains(topic), "not created");
                Callable<?> describing = () -> admin.describeTopics(List.of(topic)).allTopicNames().get();
                refused(UnknownTopicOrPartitionException.class, describing);
            }
        });

        for (String how : List.of("restart", "kill9")) {
            CASES.put("the broker goes and comes back (" + how + ")", context -> {
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

        CASES.put("idempotent produce over kill -9 writes each record once", context -> {
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

        CASES.put("an offset out of range is told, or reset", context -> {
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

        CASES.put("pause, resume and seek", context -> {
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

        CASES.put("a fetch returns a whole batch over its limits (KIP-74)", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("linger.ms", 50, "batch.size", 100_000)) {
                for (int at = 0; at < 20; at++) producer.send(new ProducerRecord<>(topic, "x".repeat(4000)));
                producer.flush();
            }
            Object[] settings = {"max.partition.fetch.bytes", 100, "fetch.max.bytes", 100};
            check(20, context.readAll(topic, 1, 20, settings).size(), "records");
        });

        CASES.put("read_committed sees plain records", context -> {
            String topic = context.topic(1);
            context.send(topic, 0, 5);
            check(numbered(0, 5), values(context.readAll(topic, 1, 5, "isolation.level", "read_committed")), "records");
        });

        CASES.put("many records over many partitions (fetch sessions)", context -> {
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

        CASES.put("a key goes where kafkajs puts it", context -> {
            String topic = context.topic(10);
            try (Producer<String, String> producer = context.producer()) {
                List<Integer> placed = new ArrayList<>();
                for (String key : List.of("a", "pump-7", "skerry")) {
                    placed.add(producer.send(new ProducerRecord<>(topic, key, "v")).get().partition());
                }
                check(List.of(4, 2, 2), placed, "partitions");
            }
        });

        CASES.put("bytes pass unchanged", context -> {
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

        CASES.put("admin: offsets earliest, latest, by time, and of the latest timestamp", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Producer<String, String> producer = context.producer(); Admin admin = context.admin()) {
                for (long at : new long[] {1000, 3000, 2000}) producer.send(new ProducerRecord<>(topic, 0, at, "k", "v")).get();
                Map<OffsetSpec, Long> wanted = new LinkedHashMap<>();
                wanted.put(OffsetSpec.earliest(), 0L);
                wanted.put(OffsetSpec.latest(), 3L);
                wanted.put(OffsetSpec.forTimestamp(1500), 1L);
                wanted.put(OffsetSpec.maxTimestamp(), 1L);
                wanted.put(OffsetSpec.forTimestamp(4000), -1L);
                for (Map.Entry<OffsetSpec, Long> one : wanted.entrySet()) {
                    var found = admin.listOffsets(Map.of(partition, one.getKey())).partitionResult(partition).get();
                    check(one.getValue(), found.offset(), one.getKey().toString());
                }
            }
        });

        CASES.put("admin: partitions are added, records deleted, log dirs and producers described", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Admin admin = context.admin()) {
                context.send(topic, 0, 5);
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
                var fewer = Map.of(topic, NewPartitions.increaseTo(2));
                refused(InvalidPartitionsException.class, () -> admin.createPartitions(fewer).all().get());
                check(3, admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size(), "partitions");
                var before = Map.of(partition, RecordsToDelete.beforeOffset(3));
                check(3L, admin.deleteRecords(before).lowWatermarks().get(partition).get().lowWatermark(), "low watermark");
                check(List.of("v3", "v4"), values(context.readAll(topic, 1, 2)), "what is left");
                var beyond = Map.of(partition, RecordsToDelete.beforeOffset(9));
                refused(org.apache.kafka.common.errors.OffsetOutOfRangeException.class, () -> admin.deleteRecords(beyond).all().get());
                int node = admin.describeCluster().controller().get().id();
                var dirs = admin.describeLogDirs(List.of(node)).allDescriptions().get().get(node);
                check(1, dirs.size(), "log dirs");
                var dir = dirs.values().iterator().next();
                check(dir.replicaInfos().get(partition).size() > 0, "the size of a partition");
                check(dir.totalBytes().getAsLong() >= dir.usableBytes().getAsLong(), "the size of the disk");
                var producers = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers();
                check(List.of(4), producers.stream().map(one -> one.lastSequence()).toList(), "last sequences");
            }
        });

        CASES.put("admin: the cluster, its quorum, and what one node does not do", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Admin admin = context.admin()) {
                var cluster = admin.describeCluster();
                check(1, cluster.nodes().get().size(), "nodes");
                int node = cluster.controller().get().id();
                var quorum = admin.describeMetadataQuorum().quorumInfo().get();
                check(node, quorum.leaderId(), "the quorum's leader");
                check(quorum.highWatermark() > 0, "the quorum's high watermark");
                check(admin.listPartitionReassignments().reassignments().get().isEmpty(), "no reassignment");
                var here = Optional.of(new NewPartitionReassignment(List.of(node)));
                admin.alterPartitionReassignments(Map.of(partition, here)).all().get();
                var away = Optional.of(new NewPartitionReassignment(List.of(node + 1)));
                refused(InvalidReplicaAssignmentException.class,
                    () -> admin.alterPartitionReassignments(Map.of(partition, away)).all().get());
                var elected = admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).partitions().get().get(partition);
                check(elected.get() instanceof ElectionNotNeededException, "no election: " + elected);
                refused(SecurityDisabledException.class, () -> admin.describeAcls(AclBindingFilter.ANY).values().get());
                refused(UnsupportedByAuthenticationException.class, () -> admin.describeDelegationToken().delegationTokens().get());
                check(admin.describeUserScramCredentials().all().get().isEmpty(), "no users");
            }
        });

        CASES.put("a topic is deleted and made again under a running producer and consumer (auto creation off)", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("delivery.timeout.ms", 120_000, "metadata.max.age.ms", 500);
                 Consumer<String, String> consumer = context.consumer("metadata.max.age.ms", 500);
                 Admin admin = context.admin()) {
                consumer.assign(partitions(topic, 1));
                for (int at = 0; at < 10; at++) producer.send(new ProducerRecord<>(topic, "old")).get();
                check(10, poll(consumer, 10).size(), "records of the first");
                admin.deleteTopics(List.of(topic)).all().get();
                eventually("gone", () -> admin.listTopics().names().get().contains(topic) ? Optional.empty() : Optional.of(1));
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
                long first = eventually("the producer to go on", () -> {
                    try {
                        return Optional.of(producer.send(new ProducerRecord<>(topic, "new")).get().offset());
                    } catch (ExecutionException error) {
                        return Optional.empty();
                    }
                });
                check(0L, first, "offset in the second");
                check("new", poll(consumer, 1).get(0).value(), "what the consumer reads of the second");
            }
        });

        CASES.put("admin: groups are listed and described, their offsets read and set", context -> {
            String topic = context.topic(2);
            String group = context.unique("described");
            TopicPartition first = new TopicPartition(topic, 0);
            context.send(topic, 0, 10);
            try (Admin admin = context.admin();
                Consumer<String, String> consumer = context.consumer("group.id", group, "client.id", "described")) {
                consumer.subscribe(List.of(topic));
                poll(consumer, 10);
                consumer.commitSync();
                ConsumerGroupDescription described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                check(GroupState.STABLE, described.groupState(), "state");
                check("range", described.partitionAssignor(), "assignor");
                var member = described.members().iterator().next();
                check("described", member.clientId(), "client id");
                check(Set.copyOf(partitions(topic, 2)), member.assignment().topicPartitions(), "assignment");
                boolean listed = admin.listGroups().all().get().stream().anyMatch(one -> one.groupId().equals(group));
                check(listed, "listed");
                consumer.close();
                admin.alterConsumerGroupOffsets(group, Map.of(first, new OffsetAndMetadata(1))).all().get();
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                check(1L, offsets.get(first).offset(), "the offset set");
                check(2, offsets.size(), "partitions with offsets");
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

    private static String json(String text) {
        return text.chars().mapToObj(one -> one < 32 || one == '"' || one == '\\' || one > 126
            ? String.format("\\u%04x", one) : String.valueOf((char) one)).collect(Collectors.joining("", "\"", "\""));
    }

    public static void main(String[] args) throws Exception {
        OUT.println("{\"cases\":[" + CASES.keySet().stream().map(ClientCases::json).collect(Collectors.joining(",")) + "]}");
        for (String line = IN.readLine(); line != null; line = IN.readLine()) {
            String[] parts = line.split("\t", 2);
            String verdict = "\"ok\":true";
            try {
                Body body = CASES.get(parts[1]);
                check(body != null, "no such case");
                body.run(new Context(parts[0], parts[1]));
            } catch (Throwable error) {
                StringWriter trace = new StringWriter();
                error.printStackTrace(new PrintWriter(trace));
                verdict = "\"ok\":false,\"error\":" + json(trace.toString());
            }
            OUT.println("{\"case\":" + json(parts[1]) + "," + verdict + "}");
        }
    }
}
