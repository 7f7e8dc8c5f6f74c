import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Consumers with group.protocol=consumer (KIP-848). The broker says how often they speak: each step may take five seconds. */
public final class ConsumerGroupCases extends Cases {
    private static Consumer<String, String> member(Context context, String group, Object... settings) {
        Map<String, Object> all = context.settings(settings);
        all.put("group.id", group);
        all.put("group.protocol", "consumer");
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        all.put("fetch.max.wait.ms", 50);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    /** Polls all until each has as many partitions as `counts` says. */
    @SafeVarargs
    private static void balance(List<Integer> counts, Consumer<String, String>... members) throws Exception {
        eventually("a balance of " + counts, () -> {
            for (Consumer<String, String> one : members) one.poll(Duration.ofMillis(50));
            Set<TopicPartition> all = new HashSet<>();
            int sum = 0;
            for (int at = 0; at < members.length; at++) {
                if (members[at].assignment().size() != counts.get(at)) return Optional.empty();
                all.addAll(members[at].assignment());
                sum += counts.get(at);
            }
            check(sum, all.size(), "partitions, each with one member");
            return Optional.of(1);
        });
    }

    private static Optional<GroupState> state(Admin admin, String group) throws Exception {
        return admin.listGroups().all().get().stream().filter(one -> one.groupId().equals(group)).findFirst()
            .filter(one -> one.type().equals(Optional.of(GroupType.CONSUMER))).flatMap(one -> one.groupState());
    }

    static {
        CASES.put("group: consumer protocol, reads, commits and goes on where it was", context -> {
            String topic = context.topic(2);
            String group = context.unique("new");
            context.send(topic, 0, 10);
            try (Consumer<String, String> one = member(context, group)) {
                one.subscribe(List.of(topic));
                check(10, poll(one, 10).size(), "records");
                one.commitSync();
            }
            context.send(topic, 10, 12);
            try (Consumer<String, String> one = member(context, group); Admin admin = context.admin()) {
                one.subscribe(List.of(topic));
                check(Set.of("v10", "v11"), Set.copyOf(values(poll(one, 2))), "the rest");
                check(Optional.of(GroupState.STABLE), state(admin, group), "state");
                var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                check(GroupType.CONSUMER, described.type(), "type");
                check("uniform", described.partitionAssignor(), "assignor");
                check(2, described.members().iterator().next().assignment().topicPartitions().size(), "partitions");
                refused(org.apache.kafka.common.errors.GroupNotEmptyException.class,
                    () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            }
            try (Admin admin = context.admin()) {
                soon(Optional.of(GroupState.EMPTY), () -> state(admin, group), "state when all have left");
                admin.deleteConsumerGroups(List.of(group)).all().get();
                soon(Optional.empty(), () -> state(admin, group), "state when deleted");
            }
        });

        for (String assignor : List.of("uniform", "range")) {
            CASES.put("group: consumer protocol, two members share the partitions (" + assignor + ")", context -> {
                String topic = context.topic(4);
                String group = context.unique("new");
                try (Consumer<String, String> one = member(context, group, "group.remote.assignor", assignor)) {
                    one.subscribe(List.of(topic));
                    balance(List.of(4), one);
                    try (Consumer<String, String> two = member(context, group, "group.remote.assignor", assignor)) {
                        two.subscribe(List.of(topic));
                        balance(List.of(2, 2), one, two);
                    }
                    balance(List.of(4), one);
                }
            });
        }

        CASES.put("group: consumer protocol, a regular expression finds topics that come later", context -> {
            String prefix = context.unique("pattern");
            String group = context.unique("new");
            try (Admin admin = context.admin(); Consumer<String, String> one = member(context, group)) {
                create(admin, prefix + "-a", 1, Map.of());
                one.subscribe(new SubscriptionPattern(prefix + "-[a-z]+"));
                balance(List.of(1), one);
                create(admin, prefix + "-b", 2, Map.of());
                create(admin, prefix + "-1", 1, Map.of());
                balance(List.of(3), one);
            }
        });

        CASES.put("group: consumer protocol, partitions that are added are assigned", context -> {
            String topic = context.topic(1);
            try (Admin admin = context.admin(); Consumer<String, String> one = member(context, context.unique("new"))) {
                one.subscribe(List.of(topic));
                balance(List.of(1), one);
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
                balance(List.of(3), one);
            }
        });

        CASES.put("group: consumer protocol, a static member comes back to its partitions", context -> {
            String topic = context.topic(2);
            String group = context.unique("new");
            try (Consumer<String, String> one = member(context, group, "group.instance.id", "one")) {
                one.subscribe(List.of(topic));
                Consumer<String, String> two = member(context, group, "group.instance.id", "two");
                two.subscribe(List.of(topic));
                balance(List.of(1, 1), one, two);
                Set<TopicPartition> held = two.assignment();
                int epoch = one.groupMetadata().generationId();
                two.close();
                try (Consumer<String, String> again = member(context, group, "group.instance.id", "two")) {
                    again.subscribe(List.of(topic));
                    balance(List.of(1, 1), one, again);
                    check(held, again.assignment(), "its old partitions");
                    check(epoch, one.groupMetadata().generationId(), "epoch");
                    try (Consumer<String, String> third = member(context, group, "group.instance.id", "two")) {
                        third.subscribe(List.of(topic));
                        refused(UnreleasedInstanceIdException.class, () -> poll(third, 1));
                    }
                }
            }
        });

        CASES.put("group: consumer protocol, the members go on over a kill -9 of the broker", context -> {
            String topic = context.topic(2);
            String group = context.unique("new");
            context.send(topic, 0, 10);
            try (Consumer<String, String> one = member(context, group); Consumer<String, String> two = member(context, group)) {
                one.subscribe(List.of(topic));
                two.subscribe(List.of(topic));
                balance(List.of(1, 1), one, two);
                one.commitSync();
                two.commitSync();
                int epoch = one.groupMetadata().generationId();
                context.ask("kill9");
                context.ask("restart");
                context.send(topic, 10, 20);
                Set<String> read = new HashSet<>();
                eventually("what was sent after it", () -> {
                    one.poll(Duration.ofMillis(50)).forEach(record -> read.add(record.value()));
                    two.poll(Duration.ofMillis(50)).forEach(record -> read.add(record.value()));
                    return read.containsAll(numbered(10, 20)) ? Optional.of(1) : Optional.empty();
                });
                balance(List.of(1, 1), one, two);
                check(epoch, one.groupMetadata().generationId(), "epoch");
                one.commitSync();
                two.commitSync();
            }
        });
    }
}
