import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.config.ConfigResource;

/** What kafka-clients 3.9 could not do yet. */
public final class CasesSince44 extends Cases {
    static {
        // Older ones make batches of batch.size again, which are as much too large, until their stack is full.
        CASES.put("large: a batch over the limit is split by the client", context -> {
            String topic = context.topic(1, Map.of("max.message.bytes", "2000"));
            try (Producer<String, String> producer = context.producer("batch.size", 100_000, "linger.ms", 200)) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int at = 0; at < 20; at++) sent.add(producer.send(new ProducerRecord<>(topic, "x".repeat(500))));
                for (Future<RecordMetadata> one : sent) one.get();
            }
            check(20, context.readAll(topic, 1, 20).size(), "records");
        });

        CASES.put("admin groups: listed with their types, described as classic ones", context -> {
            String topic = context.topic(2);
            String group = context.unique("classic");
            context.send(topic, 0, 10);
            try (Admin admin = context.admin(); Consumer<String, String> consumer = context.consumer("group.id", group)) {
                consumer.subscribe(List.of(topic));
                poll(consumer, 10);
                var found = admin.listGroups().all().get().stream().filter(one -> one.groupId().equals(group)).toList();
                check(1, found.size(), "listed");
                check(GroupType.CLASSIC, found.get(0).type().get(), "type");
                check(GroupState.STABLE, found.get(0).groupState().get(), "state");
                var described = admin.describeClassicGroups(List.of(group)).all().get().get(group);
                check("consumer", described.protocol(), "protocol");
                check(ClassicGroupState.STABLE, described.state(), "state");
                check(1, described.members().size(), "members");
            }
        });

        CASES.put("admin configs: the resources that have settings are listed", context -> {
            ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, context.unique("metrics"));
            try (Admin admin = context.admin()) {
                var one = new AlterConfigOp(new ConfigEntry("interval.ms", "5000"), AlterConfigOp.OpType.SET);
                admin.incrementalAlterConfigs(Map.of(metrics, List.of(one))).all().get();
                var asked = admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions());
                check(asked.all().get().contains(metrics), "listed");
                var gone = new AlterConfigOp(new ConfigEntry("interval.ms", ""), AlterConfigOp.OpType.DELETE);
                admin.incrementalAlterConfigs(Map.of(metrics, List.of(gone))).all().get();
            }
        });
    }
}
