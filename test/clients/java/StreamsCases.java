import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/**
 * Kafka Streams without transactions: words are counted over a repartition topic, in stores that a changelog keeps.
 *
 * At least once is promised; while nothing breaks each word is counted once, and where the broker only pauses too.
 */
public final class StreamsCases extends Cases {
    private static final List<String> WORDS = List.of("pump", "valve", "motor", "belt", "sensor", "gate", "tank");

    /** An application and its topics, with as many instances as asked for, each with a state folder of its own. */
    private static final class App implements AutoCloseable {
        final Context context;
        final String id;
        final String in;
        final String out;
        final Path folder = Files.createTempDirectory("skerry-streams-");
        final Map<String, Long> expected = new TreeMap<>();
        private final Consumer<StreamsBuilder> topology;
        private final List<KafkaStreams> running = new ArrayList<>();
        private int sent;
        private volatile Throwable failure;

        App(Context context) throws Exception {
            this.context = context;
            id = context.unique("words");
            in = context.topic(2);
            out = context.topic(2);
            topology = this::count;
        }

        App(Context context, java.util.function.BiConsumer<App, StreamsBuilder> built) throws Exception {
            this.context = context;
            id = context.unique("words");
            in = context.topic(2);
            out = context.topic(2);
            topology = builder -> built.accept(this, builder);
        }

        private void count(StreamsBuilder builder) {
            builder.<String, String>stream(in)
                .flatMapValues(line -> List.of(line.split(" ")))
                .groupBy((key, word) -> word, Grouped.as("words"))
                .count(Materialized.as("counts"))
                .toStream()
                .to(out, Produced.with(Serdes.String(), Serdes.Long()));
        }

        KafkaStreams start(String instance) throws Exception {
            StreamsBuilder builder = new StreamsBuilder();
            topology.accept(builder);
            Properties settings = new Properties();
            settings.putAll(Map.of(
                "application.id", id,
                "bootstrap.servers", context.bootstrap(),
                "state.dir", folder.resolve(instance).toString(),
                "default.key.serde", Serdes.StringSerde.class,
                "default.value.serde", Serdes.StringSerde.class,
                "processing.guarantee", "at_least_once",
                "commit.interval.ms", 100,
                "statestore.cache.max.bytes", 0));
            settings.putAll(Map.of(
                "repartition.purge.interval.ms", 100,
                "heartbeat.interval.ms", 100,
                "session.timeout.ms", 20_000,
                "reconnect.backoff.max.ms", 200,
                "fetch.max.wait.ms", 50));
            KafkaStreams streams = new KafkaStreams(builder.build(), settings);
            running.add(streams);
            streams.setUncaughtExceptionHandler(error -> {
                failure = error;
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
            streams.start();
            eventually("the application runs: " + streams.state(),
                () -> streams.state() == KafkaStreams.State.RUNNING ? Optional.of(1) : Optional.empty());
            return streams;
        }

        void stop(KafkaStreams streams) {
            // What a member leaves behind is rebalanced at once, not when its session is over.
            var leave = new KafkaStreams.CloseOptions().leaveGroup(true).timeout(Duration.ofSeconds(30));
            check(streams.close(leave), "closed within 30 s");
            running.remove(streams);
        }

        /** So many lines of three words more. */
        void say(int lines) throws Exception {
            try (Producer<String, String> producer = context.producer()) {
                for (int line = 0; line < lines; line++, sent++) {
                    List<String> words = new ArrayList<>();
                    for (int at = 0; at < 3; at++) words.add(WORDS.get((sent * 5 + at * at) % WORDS.size()));
                    words.forEach(word -> expected.merge(word, 1L, Long::sum));
                    producer.send(new ProducerRecord<>(in, "line-" + sent, String.join(" ", words)));
                }
                producer.flush();
            }
        }

        /** Waits until the topic of results says what was expected; returns how many results it took. */
        int counted() throws Exception {
            Map<String, Object> settings = context.settings("auto.offset.reset", "earliest", "fetch.max.wait.ms", 50);
            Map<String, Long> latest = new TreeMap<>();
            int[] records = {0};
            try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
                consumer.assign(partitions(out, 2));
                try {
                    eventually("the counts", () -> {
                        for (ConsumerRecord<String, Long> one : consumer.poll(Duration.ofMillis(50))) {
                            latest.put(one.key(), one.value());
                            records[0]++;
                        }
                        return latest.equals(expected) ? Optional.of(1) : Optional.empty();
                    });
                } catch (AssertionError error) {
                    throw new AssertionError("counts: expected " + expected + ", got " + latest, failure);
                }
            }
            return records[0];
        }

        long words() {
            return expected.values().stream().mapToLong(Long::longValue).sum();
        }

        @Override
        public void close() throws Exception {
            running.forEach(one -> one.close(Duration.ofSeconds(10)));
            erase(folder);
        }
    }

    private static void erase(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path one : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(one);
        }
    }

    private static Map<String, Long> stored(KafkaStreams streams) {
        var asked = StoreQueryParameters.fromNameAndType("counts", QueryableStoreTypes.<String, Long>keyValueStore());
        Map<String, Long> found = new TreeMap<>();
        try (var all = streams.store(asked).all()) {
            all.forEachRemaining(one -> found.put(one.key, one.value));
        }
        return found;
    }

    static {
        CASES.put("group: words are counted over a repartition topic, each once", context -> {
            try (App app = new App(context)) {
                app.say(100);
                KafkaStreams streams = app.start("one");
                check((int) app.words(), app.counted(), "results: one for each word");
                check(app.expected, stored(streams), "counts in the store");
                app.say(100);
                check((int) app.words(), app.counted(), "results when more is said");
            }
        });

        CASES.put("restart: the application ends, and goes on with its counts", context -> {
            try (App app = new App(context)) {
                app.say(100);
                app.stop(app.start("one"));
                app.start("one");
                app.counted();
                app.say(50);
                check((int) app.words(), app.counted(), "results: one for each word");
            }
        });

        CASES.put("restart: counts come back from the changelog when the state is lost", context -> {
            try (App app = new App(context)) {
                app.say(200);
                KafkaStreams first = app.start("one");
                app.counted();
                app.stop(first);
                erase(app.folder.resolve("one"));
                app.say(50);
                KafkaStreams second = app.start("one");
                check((int) app.words(), app.counted(), "results: one for each word");
                check(app.expected, stored(second), "counts in the store");
            }
        });

        for (String how : List.of("restart", "kill9")) {
            CASES.put("restart: counts are right when the broker goes and comes back under it (" + how + ")", context -> {
                try (App app = new App(context)) {
                    app.say(100);
                    KafkaStreams streams = app.start("one");
                    app.counted();
                    app.say(100);
                    context.ask(how);
                    if (how.equals("kill9")) context.ask("restart");
                    app.say(100);
                    app.counted();
                    check(app.expected, stored(streams), "counts in the store");
                }
            });
        }

        CASES.put("cooperative: two instances share the partitions, and one takes over", context -> {
            try (App app = new App(context)) {
                app.say(100);
                KafkaStreams one = app.start("one");
                app.counted();
                KafkaStreams two = app.start("two");
                eventually("words in both stores", () -> {
                    try {
                        boolean shared = !stored(two).isEmpty() && stored(one).size() + stored(two).size() == app.expected.size();
                        return shared ? Optional.of(1) : Optional.empty();
                    } catch (InvalidStateStoreException rebalancing) {
                        return Optional.empty();
                    }
                });
                app.say(100);
                app.counted();
                Map<String, Long> both = stored(one);
                both.putAll(stored(two));
                check(app.expected, both, "counts of both");
                app.stop(one);
                app.say(100);
                app.counted();
                eventually("all in the store of the second",
                    () -> stored(two).equals(app.expected) ? Optional.of(1) : Optional.empty());
            }
        });

        CASES.put("admin topics: the repartition topic and the changelog are made as Streams wants them", context -> {
            try (App app = new App(context); Admin admin = context.admin()) {
                app.say(10);
                app.start("one");
                app.counted();
                Set<String> own = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(app.id)).collect(Collectors.toSet());
                String repartition = app.id + "-words-repartition";
                String changelog = app.id + "-counts-changelog";
                check(Set.of(repartition, changelog), own, "its topics");
                Map<String, String> policies = new HashMap<>();
                for (String name : own) {
                    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
                    Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
                    policies.put(name, config.get("cleanup.policy").value());
                    check(2, admin.describeTopics(List.of(name)).allTopicNames().get().get(name).partitions().size(), "partitions");
                }
                check(Map.of(repartition, "delete", changelog, "compact"), policies, "policies");
            }
        });

        CASES.put("admin records: the repartition topic is purged of what was counted", context -> {
            try (App app = new App(context); Admin admin = context.admin()) {
                app.say(100);
                app.start("one");
                app.counted();
                List<TopicPartition> repartition = partitions(app.id + "-words-repartition", 2);
                eventually("records are deleted", () -> {
                    // It deletes when it commits something.
                    app.say(1);
                    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
                    repartition.forEach(one -> asked.put(one, OffsetSpec.earliest()));
                    long deleted = 0;
                    for (var one : admin.listOffsets(asked).all().get().values()) deleted += one.offset();
                    return deleted > 250 ? Optional.of(1) : Optional.empty();
                });
                app.counted();
            }
        });

        CASES.put("timestamps: counts of a window are told when it is over", context -> {
            Duration minute = Duration.ofMinutes(1);
            App made = new App(context, (app, builder) -> builder.<String, String>stream(app.in)
                .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(minute))
                .count(Materialized.as("windows"))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
                .toStream((key, count) -> key.key() + "@" + key.window().start())
                .to(app.out, Produced.with(Serdes.String(), Serdes.Long())));
            try (App app = made; Producer<String, String> producer = context.producer()) {
                long start = System.currentTimeMillis() / 60_000 * 60_000;
                app.start("one");
                for (int at = 0; at < 10; at++) {
                    for (String key : List.of("a", "b")) {
                        producer.send(new ProducerRecord<>(app.in, 0, start + at * 20_000L, key, "v")).get();
                    }
                }
                for (String key : List.of("a", "b")) {
                    for (long window = 0; window < 3; window++) app.expected.put(key + "@" + (start + window * 60_000), 3L);
                }
                check(6, app.counted(), "results: one a window");
            }
        });

        CASES.put("consume: a stream is joined with a table", context -> {
            String[] names = {context.topic(2)};
            App made = new App(context, (app, builder) -> builder.<String, String>stream(app.in)
                .join(builder.<String, String>table(names[0], Materialized.as("table")), (left, right) -> left + right)
                .mapValues(joined -> (long) joined.length())
                .to(app.out, Produced.with(Serdes.String(), Serdes.Long())));
            try (App app = made; Producer<String, String> producer = context.producer()) {
                for (int at = 0; at < 20; at++) producer.send(new ProducerRecord<>(names[0], "k" + at, "x".repeat(at))).get();
                app.start("one");
                for (int at = 0; at < 20; at++) {
                    producer.send(new ProducerRecord<>(app.in, "k" + at, "left")).get();
                    app.expected.put("k" + at, 4L + at);
                }
                check(20, app.counted(), "results");
            }
        });
    }
}
