import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Share groups (KIP-932). A group begins at the end of a topic unless its settings say otherwise. */
public final class ShareGroupCases extends Cases {
    private static KafkaShareConsumer<String, String> member(Context context, String group, Object... settings) {
        Map<String, Object> all = context.settings(settings);
        all.put("group.id", group);
        return new KafkaShareConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    private static void configure(Context context, String group, String name, String value) throws Exception {
        try (Admin admin = context.admin()) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            AlterConfigOp op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
        }
    }

    private static List<ConsumerRecord<String, String>> read(KafkaShareConsumer<String, String> one, int count) throws Exception {
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        eventually(count + " records", () -> {
            one.poll(Duration.ofMillis(200)).forEach(all::add);
            return all.size() >= count ? Optional.of(1) : Optional.empty();
        });
        return all;
    }

    private static Set<String> valuesOf(List<ConsumerRecord<String, String>> records) {
        Set<String> values = new HashSet<>();
        for (ConsumerRecord<String, String> one : records) values.add(one.value());
        return values;
    }

    static {
        CASES.put("group: share, reads and goes on where it was", context -> {
            String topic = context.topic(1);
            String group = context.unique("share");
            configure(context, group, "share.auto.offset.reset", "earliest");
            context.send(topic, 0, 10);
            try (KafkaShareConsumer<String, String> one = member(context, group); Admin admin = context.admin()) {
                one.subscribe(List.of(topic));
                check(10, read(one, 10).size(), "records");
                one.commitSync();
                var described = admin.describeShareGroups(List.of(group)).all().get().get(group);
                check(GroupState.STABLE, described.groupState(), "state");
                check(1, described.members().iterator().next().assignment().topicPartitions().size(), "partitions");
            }
            context.send(topic, 10, 12);
            try (KafkaShareConsumer<String, String> one = member(context, group)) {
                one.subscribe(List.of(topic));
                check(Set.of("v10", "v11"), valuesOf(read(one, 2)), "the rest");
            }
        });

        CASES.put("group: share, each record is accepted, released or rejected", context -> {
            String topic = context.topic(1);
            String group = context.unique("share");
            configure(context, group, "share.auto.offset.reset", "earliest");
            context.send(topic, 0, 3);
            try (KafkaShareConsumer<String, String> one = member(context, group, "share.acknowledgement.mode", "explicit")) {
                one.subscribe(List.of(topic));
                List<ConsumerRecord<String, String>> records = read(one, 3);
                one.acknowledge(records.get(0), AcknowledgeType.ACCEPT);
                one.acknowledge(records.get(1), AcknowledgeType.RELEASE);
                one.acknowledge(records.get(2), AcknowledgeType.REJECT);
                var committed = one.commitSync();
                for (var each : committed.values()) check(Optional.empty(), each, "acknowledged");
                List<ConsumerRecord<String, String>> again = read(one, 1);
                check(Set.of("v1"), valuesOf(again), "what was released");
                check(Optional.of((short) 2), again.get(0).deliveryCount(), "deliveries");
                one.acknowledge(again.get(0), AcknowledgeType.ACCEPT);
                one.commitSync();
            }
        });

        CASES.put("group: share, two members share one partition", context -> {
            String topic = context.topic(1);
            String group = context.unique("share");
            configure(context, group, "share.auto.offset.reset", "earliest");
            try (KafkaShareConsumer<String, String> one = member(context, group, "max.poll.records", 5);
                 KafkaShareConsumer<String, String> two = member(context, group, "max.poll.records", 5)) {
                one.subscribe(List.of(topic));
                two.subscribe(List.of(topic));
                one.poll(Duration.ofMillis(500));
                two.poll(Duration.ofMillis(500));
                context.send(topic, 0, 100);
                List<String> all = new ArrayList<>();
                eventually("100 records", () -> {
                    one.poll(Duration.ofMillis(100)).forEach(each -> all.add(each.value()));
                    two.poll(Duration.ofMillis(100)).forEach(each -> all.add(each.value()));
                    return all.size() >= 100 ? Optional.of(1) : Optional.empty();
                });
                check(100, all.size(), "deliveries");
                check(100, Set.copyOf(all).size(), "records");
            }
        });

        CASES.put("group: share, what a member held is delivered again when it is gone", context -> {
            String topic = context.topic(1);
            String group = context.unique("share");
            configure(context, group, "share.auto.offset.reset", "earliest");
            context.send(topic, 0, 4);
            try (KafkaShareConsumer<String, String> one = member(context, group, "share.acknowledgement.mode", "explicit")) {
                one.subscribe(List.of(topic));
                check(4, read(one, 4).size(), "records");
            }
            try (KafkaShareConsumer<String, String> two = member(context, group)) {
                two.subscribe(List.of(topic));
                check(Set.of("v0", "v1", "v2", "v3"), valuesOf(read(two, 4)), "records again");
            }
        });

        CASES.put("group: share, offsets are listed, altered and deleted, then the group", context -> {
            String topic = context.topic(1);
            String group = context.unique("share");
            configure(context, group, "share.auto.offset.reset", "earliest");
            context.send(topic, 0, 6);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (KafkaShareConsumer<String, String> one = member(context, group)) {
                one.subscribe(List.of(topic));
                check(6, read(one, 6).size(), "records");
                one.commitSync();
            }
            try (Admin admin = context.admin()) {
                var spec = Map.of(group, new ListShareGroupOffsetsSpec());
                soon(6L, () -> admin.listShareGroupOffsets(spec).partitionsToOffsetInfo(group).get().get(partition).startOffset(), "start");
                admin.alterShareGroupOffsets(group, Map.of(partition, 4L)).all().get();
                check(4L, admin.listShareGroupOffsets(spec).partitionsToOffsetInfo(group).get().get(partition).startOffset(), "altered start");
            }
            try (KafkaShareConsumer<String, String> one = member(context, group)) {
                one.subscribe(List.of(topic));
                check(Set.of("v4", "v5"), valuesOf(read(one, 2)), "from the altered start");
            }
            try (Admin admin = context.admin()) {
                check(true, admin.listGroups().all().get().stream()
                    .anyMatch(each -> each.groupId().equals(group) && each.type().equals(Optional.of(GroupType.SHARE))), "listed");
                admin.deleteShareGroupOffsets(group, Set.of(topic)).all().get();
                admin.deleteShareGroups(List.of(group)).all().get();
                soon(false, () -> admin.listGroups().all().get().stream().anyMatch(each -> each.groupId().equals(group)), "listed");
            }
        });
    }
}
