import java.util.Collections;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What came with kafka-clients 0.10: messages of format 1, with their time. */
public final class OldGearSince10 extends OldCases {
    static {
        for (String codec : new String[] {"none", "gzip"}) {
            CASES.put("timestamps: a record has the one it was sent with, and is found by it, compressed by " + codec, bootstrap -> {
                TopicPartition partition = new TopicPartition(unique("topic"), 0);
                KafkaProducer<String, String> producer =
                    OldProducer.open(bootstrap, "compression.type", codec, "linger.ms", 50);
                for (long at = 1000; at <= 3000; at += 1000) {
                    producer.send(new ProducerRecord<>(partition.topic(), 0, at, "k", "v" + at));
                }
                producer.close();
                KafkaConsumer<String, String> consumer = OldGear.open(bootstrap);
                consumer.assign(Collections.singletonList(partition));
                check(1L, consumer.offsetsForTimes(Collections.singletonMap(partition, 1500L)).get(partition).offset(), "offset");
                consumer.seek(partition, 1);
                long time = 0;
                for (long deadline = System.nanoTime() + 30_000_000_000L; time == 0 && System.nanoTime() < deadline;) {
                    for (ConsumerRecord<String, String> one : consumer.poll(100)) if (one.offset() == 1) time = one.timestamp();
                }
                check(2000L, time, "time");
                consumer.close();
            });
        }
    }
}
