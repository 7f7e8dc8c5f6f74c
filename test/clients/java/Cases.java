import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What all cases of Java clients share, and the process that runs them: one, for a JVM start costs more than most cases.
 *
 * The arguments are classes that put their cases into CASES. The first line out tells the cases. A line in is a bootstrap address,
 * a tab, and a case; the answer is a line of JSON with its verdict. A case that wants the broker restarted prints {"ask": ...} and
 * reads the line that says it is done. Only what kafka-clients 2.8 has is used here.
 */
public class Cases {
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
            return topic(partitions, Map.of());
        }

        String topic(int partitions, Map<String, String> configs) throws Exception {
            String topic = unique("topic");
            try (Admin admin = admin()) {
                create(admin, topic, partitions, configs);
            }
            return topic;
        }

        Producer<String, String> producer(Object... settings) {
            Map<String, Object> all = settings(settings);
            // The defaults since 3.0.
            all.putIfAbsent("acks", "all");
            all.putIfAbsent("enable.idempotence", true);
            return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
        }

        Consumer<String, String> consumer(Object... settings) {
            Map<String, Object> all = settings(settings);
            all.putIfAbsent("auto.offset.reset", "earliest");
            all.putIfAbsent("heartbeat.interval.ms", 100);
            all.putIfAbsent("group.protocol", "classic");
            all.putIfAbsent("enable.auto.commit", false);
            // A consumer that closes waits for its fetch under way.
            all.putIfAbsent("fetch.max.wait.ms", 50);
            return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        }

        Map<String, Object> settings(Object... pairs) {
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

    static final Map<String, Body> CASES = new LinkedHashMap<>();
    private static final PrintStream OUT = System.out;
    private static final BufferedReader IN = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    static void create(Admin admin, String topic, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
        led(admin, topic, partitions);
    }

    /** A node of Kafka learns of what its controller has done a moment later, and leads a new partition after that. */
    static void led(Admin admin, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int at = 0; at < partitions; at++) all.put(new TopicPartition(topic, at), OffsetSpec.latest());
        eventually("leaders of " + topic, () -> {
            try {
                return Optional.of(admin.listOffsets(all).all().get());
            } catch (ExecutionException error) {
                // Newer clients ask again by themselves.
                if (error.getCause() instanceof RetriableException) return Optional.empty();
                throw error;
            }
        });
    }

    /** For what a node of Kafka knows a moment after its controller. */
    static void soon(Object expected, Callable<?> actual, String what) throws Exception {
        Object[] last = {null};
        try {
            eventually(what, () -> {
                last[0] = actual.call();
                return java.util.Objects.equals(expected, last[0]) ? Optional.of(1) : Optional.empty();
            });
        } catch (AssertionError late) {
            check(expected, last[0], what);
        }
    }

    static void check(Object expected, Object actual, String what) {
        if (!java.util.Objects.equals(expected, actual)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    static <T> T eventually(String what, Callable<Optional<T>> attempt) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline) {
            Optional<T> found = attempt.call();
            if (found.isPresent()) return found.get();
            Thread.sleep(5);
        }
        throw new AssertionError("not within 30 s: " + what);
    }

    static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(at -> new TopicPartition(topic, at)).toList();
    }

    static List<ConsumerRecord<String, String>> poll(Consumer<String, String> consumer, int wanted) {
        List<ConsumerRecord<String, String>> got = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (got.size() < wanted) {
            check(System.nanoTime() < deadline, "got " + got.size() + " of " + wanted + " records within 30 s");
            consumer.poll(Duration.ofMillis(100)).forEach(got::add);
        }
        return got;
    }

    static List<String> values(Collection<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(at -> "v" + at).toList();
    }

    static <T extends Throwable> T refused(Class<T> kind, Callable<?> action) throws Exception {
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

    private static String json(String text) {
        return text.chars().mapToObj(one -> one < 32 || one == '"' || one == '\\' || one > 126
            ? String.format("\\u%04x", one) : String.valueOf((char) one)).collect(Collectors.joining("", "\"", "\""));
    }

    private static String json(Collection<String> texts) {
        return texts.stream().map(Cases::json).collect(Collectors.joining(",", "[", "]"));
    }

    private static String run(String bootstrap, String name) {
        try {
            Body body = CASES.get(name);
            check(body != null, "no such case");
            body.run(new Context(bootstrap, name));
            return "\"ok\":true";
        } catch (Throwable error) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            return "\"ok\":false,\"error\":" + json(trace.toString());
        }
    }

    public static void main(String[] classes) throws Exception {
        for (String one : classes) Class.forName(one);
        OUT.println("{\"cases\":" + json(CASES.keySet()) + "}");
        for (String line = IN.readLine(); line != null; line = IN.readLine()) {
            String[] parts = line.split("\t", 2);
            OUT.println("{\"case\":" + json(parts[1]) + "," + run(parts[0], parts[1]) + "}");
        }
    }
}
