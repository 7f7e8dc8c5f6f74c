import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** What kafka-clients 0.8.2, its first producer, and all since have. */
public final class OldProducer {
    private OldProducer() {
    }

    static KafkaProducer<String, String> open(String bootstrap, Object... settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", bootstrap);
        all.put("acks", "all");
        all.put("retry.backoff.ms", 50);
        for (int at = 0; at < settings.length; at += 2) all.put((String) settings[at], settings[at + 1]);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    /** Sends records k0=v0, k1=v1, ...; every seventh without a key, every tenth without a value. Returns their offsets. */
    static List<Long> send(String bootstrap, String topic, int count, Object... settings) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        KafkaProducer<String, String> producer = open(bootstrap, settings);
        try {
            for (int at = 0; at < count; at++) sent.add(producer.send(new ProducerRecord<>(topic, 0, key(at), value(at))));
            List<Long> offsets = new ArrayList<>();
            for (Future<RecordMetadata> one : sent) offsets.add(one.get().offset());
            return offsets;
        } finally {
            producer.close();
        }
    }

    static String key(int at) {
        return at % 7 == 6 ? null : "k" + at;
    }

    static String value(int at) {
        return at % 10 == 9 ? null : "v" + at;
    }

    /** What {@link #send} sent, as text: offset, key and value. */
    static List<String> expected(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int at = from; at < to; at++) lines.add(at + " " + key(at) + "=" + value(at));
        return lines;
    }

    static List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        for (long at = 0; at < count; at++) numbers.add(at);
        return numbers;
    }
}
