import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedByAuthenticationException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;

/** What administrators do, in the words of kafka-clients 2.8. */
public final class AdminCases extends Cases {
    static {
        CASES.put("admin topics: created, listed, described and deleted", context -> {
            String topic = context.unique("admin");
            try (Admin admin = context.admin()) {
                NewTopic wanted = new NewTopic(topic, Optional.of(4), Optional.empty());
                var created = admin.createTopics(List.of(wanted));
                created.all().get();
                led(admin, topic, 4);
                check(4, created.numPartitions(topic).get(), "partitions in the answer of CreateTopics");
                check(1, created.replicationFactor(topic).get(), "replication factor in the answer of CreateTopics");
                check(created.config(topic).get().get("max.message.bytes") != null, "settings in the answer of CreateTopics");
                check(admin.listTopics().names().get().contains(topic), "listed");
                TopicDescription described = Described.topic(admin, topic);
                check(4, described.partitions().size(), "described");
                check(created.topicId(topic).get(), described.topicId(), "topic ids of CreateTopics and Metadata");
                refused(TopicExistsException.class, () -> admin.createTopics(List.of(wanted)).all().get());
                NewTopic wide = new NewTopic(context.unique("wide"), 1, (short) 5);
                refused(InvalidReplicationFactorException.class, () -> admin.createTopics(List.of(wide)).all().get());
                NewTopic named = new NewTopic("no such/name", 1, (short) 1);
                refused(InvalidTopicException.class, () -> admin.createTopics(List.of(named)).all().get());
                admin.deleteTopics(List.of(topic)).all().get();
                eventually("gone", () -> admin.listTopics().names().get().contains(topic) ? Optional.empty() : Optional.of(1));
                refused(UnknownTopicOrPartitionException.class, () -> admin.deleteTopics(List.of(topic)).all().get());
            }
        });

        CASES.put("admin topics: created by assignment, and only tried", context -> {
            try (Admin admin = context.admin()) {
                int node = admin.describeCluster().controller().get().id();
                String tried = context.unique("tried");
                NewTopic wanted = new NewTopic(tried, 2, (short) 1);
                admin.createTopics(List.of(wanted), new CreateTopicsOptions().validateOnly(true)).all().get();
                check(!admin.listTopics().names().get().contains(tried), "not created");
                String assigned = context.unique("assigned");
                NewTopic placed = new NewTopic(assigned, Map.of(0, List.of(node), 1, List.of(node)));
                admin.createTopics(List.of(placed)).all().get();
                led(admin, assigned, 2);
                check(2, Described.topic(admin, assigned).partitions().size(), "partitions");
                NewTopic elsewhere = new NewTopic(tried, Map.of(0, List.of(node + 1)));
                refused(InvalidReplicaAssignmentException.class, () -> admin.createTopics(List.of(elsewhere)).all().get());
            }
        });

        CASES.put("admin topics: partitions are added", context -> {
            String topic = context.topic(1);
            try (Admin admin = context.admin()) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
                var fewer = Map.of(topic, NewPartitions.increaseTo(2));
                refused(InvalidPartitionsException.class, () -> admin.createPartitions(fewer).all().get());
                soon(3, () -> Described.topic(admin, topic).partitions().size(), "partitions");
            }
        });

        CASES.put("admin topics: one is deleted and made again under a running producer and consumer (auto creation off)", context -> {
            String topic = context.topic(1);
            try (Producer<String, String> producer = context.producer("delivery.timeout.ms", 120_000, "metadata.max.age.ms", 500);
                 Consumer<String, String> consumer = context.consumer("metadata.max.age.ms", 500);
                 Admin admin = context.admin()) {
                consumer.assign(partitions(topic, 1));
                for (int at = 0; at < 10; at++) producer.send(new ProducerRecord<>(topic, "old")).get();
                check(10, poll(consumer, 10).size(), "records of the first");
                admin.deleteTopics(List.of(topic)).all().get();
                eventually("gone", () -> admin.listTopics().names().get().contains(topic) ? Optional.empty() : Optional.of(1));
                create(admin, topic, 1, Map.of());
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

        CASES.put("admin configs: a topic's are set, appended to, taken from and deleted", context -> {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, context.topic(1));
            try (Admin admin = context.admin()) {
                alter(admin, topic, AlterConfigOp.OpType.SET, "retention.ms", "5000");
                alter(admin, topic, AlterConfigOp.OpType.APPEND, "cleanup.policy", "compact");
                soon("5000", () -> told(admin, topic, "retention.ms").value(), "set");
                soon(Set.of("delete", "compact"), () -> Set.of(told(admin, topic, "cleanup.policy").value().split(",")), "appended");
                check(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, told(admin, topic, "retention.ms").source(), "source");
                alter(admin, topic, AlterConfigOp.OpType.SUBTRACT, "cleanup.policy", "compact");
                soon("delete", () -> told(admin, topic, "cleanup.policy").value(), "taken from");
                alter(admin, topic, AlterConfigOp.OpType.DELETE, "retention.ms", "");
                soon("604800000", () -> told(admin, topic, "retention.ms").value(), "deleted");
                ConfigEntry left = told(admin, topic, "retention.ms");
                check(true, left.isDefault(), "a default");
                check(ConfigEntry.ConfigType.LONG, left.type(), "type");
                refused(InvalidConfigurationException.class,
                    () -> alter(admin, topic, AlterConfigOp.OpType.SET, "retention.ms", "soon"));
                refused(InvalidConfigurationException.class, () -> alter(admin, topic, AlterConfigOp.OpType.SET, "nonsense", "1"));
            }
        });

        CASES.put("admin configs: a change is only tried", context -> {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, context.topic(1));
            try (Admin admin = context.admin()) {
                AlterConfigOp one = new AlterConfigOp(new ConfigEntry("retention.ms", "5000"), AlterConfigOp.OpType.SET);
                Map<ConfigResource, Collection<AlterConfigOp>> all = Map.of(topic, List.of(one));
                admin.incrementalAlterConfigs(all, new AlterConfigsOptions().validateOnly(true)).all().get();
                check("604800000", told(admin, topic, "retention.ms").value(), "as before");
            }
        });

        CASES.put("admin configs: a broker's are told with synonyms, set and deleted", context -> {
            try (Admin admin = context.admin()) {
                String node = String.valueOf(admin.describeCluster().controller().get().id());
                ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
                alter(admin, broker, AlterConfigOp.OpType.SET, "log.cleaner.backoff.ms", "14000");
                soon("14000", () -> told(admin, broker, "log.cleaner.backoff.ms").value(), "the setting");
                ConfigEntry found = told(admin, broker, "log.cleaner.backoff.ms");
                check(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG, found.source(), "source");
                alter(admin, broker, AlterConfigOp.OpType.DELETE, "log.cleaner.backoff.ms", "");
                check(!told(admin, broker, "log.segment.bytes").isReadOnly(), "one that may be altered");
                check(told(admin, broker, "node.id").isReadOnly(), "one that may not");
            }
        });

        CASES.put("admin groups: listed and described, their offsets read and set", context -> {
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
                check("STABLE", described.state().name(), "state");
                check("range", described.partitionAssignor(), "assignor");
                var member = described.members().iterator().next();
                check("described", member.clientId(), "client id");
                check(Set.copyOf(partitions(topic, 2)), member.assignment().topicPartitions(), "assignment");
                boolean listed = admin.listConsumerGroups().all().get().stream().anyMatch(one -> one.groupId().equals(group));
                check(listed, "listed");
                consumer.close();
                admin.alterConsumerGroupOffsets(group, Map.of(first, new OffsetAndMetadata(1))).all().get();
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                check(1L, offsets.get(first).offset(), "the offset set");
                check(2, offsets.size(), "partitions with offsets");
            }
        });

        CASES.put("admin groups: offsets and whole groups are deleted, unless in use", context -> {
            String topic = context.topic(2);
            String group = context.unique("deleted");
            TopicPartition first = new TopicPartition(topic, 0);
            context.send(topic, 0, 10);
            try (Admin admin = context.admin(); Consumer<String, String> consumer = context.consumer("group.id", group)) {
                consumer.subscribe(List.of(topic));
                poll(consumer, 10);
                consumer.commitSync();
                refused(GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
                refused(GroupSubscribedToTopicException.class,
                    () -> admin.deleteConsumerGroupOffsets(group, Set.of(first)).partitionResult(first).get());
                consumer.close();
                admin.deleteConsumerGroupOffsets(group, Set.of(first)).all().get();
                var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
                check(Set.of(new TopicPartition(topic, 1)), offsets.keySet(), "what is left");
                admin.deleteConsumerGroups(List.of(group)).all().get();
                refused(GroupIdNotFoundException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            }
        });

        CASES.put("admin groups: members are removed, one by name or all", context -> {
            String topic = context.topic(2);
            String group = context.unique("removed");
            try (Admin admin = context.admin();
                Consumer<String, String> one = context.consumer("group.id", group, "group.instance.id", "one");
                Consumer<String, String> two = context.consumer("group.id", group, "group.instance.id", "two")) {
                one.subscribe(List.of(topic));
                two.subscribe(List.of(topic));
                eventually("a partition each", () -> {
                    one.poll(Duration.ofMillis(30));
                    two.poll(Duration.ofMillis(30));
                    boolean even = one.assignment().size() == 1 && two.assignment().size() == 1;
                    return even ? Optional.of(1) : Optional.empty();
                });
                var some = new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("one")));
                admin.removeMembersFromConsumerGroup(group, some).all().get();
                var left = admin.describeConsumerGroups(List.of(group)).all().get().get(group).members();
                check(List.of(Optional.of("two")), left.stream().map(member -> member.groupInstanceId()).toList(), "who is left");
                admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get();
                check(0, admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().size(), "nobody");
            }
        });

        CASES.put("admin records: offsets earliest, latest and by time", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Producer<String, String> producer = context.producer(); Admin admin = context.admin()) {
                for (long at : new long[] {1000, 3000, 2000}) producer.send(new ProducerRecord<>(topic, 0, at, "k", "v")).get();
                Map<OffsetSpec, Long> wanted = new LinkedHashMap<>();
                wanted.put(OffsetSpec.earliest(), 0L);
                wanted.put(OffsetSpec.latest(), 3L);
                wanted.put(OffsetSpec.forTimestamp(1500), 1L);
                wanted.put(OffsetSpec.forTimestamp(4000), -1L);
                for (Map.Entry<OffsetSpec, Long> one : wanted.entrySet()) {
                    var found = admin.listOffsets(Map.of(partition, one.getKey())).partitionResult(partition).get();
                    check(one.getValue(), found.offset(), one.getKey().toString());
                }
            }
        });

        CASES.put("admin records: deleted up to an offset, the log dirs described", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Admin admin = context.admin()) {
                context.send(topic, 0, 5);
                var before = Map.of(partition, RecordsToDelete.beforeOffset(3));
                check(3L, admin.deleteRecords(before).lowWatermarks().get(partition).get().lowWatermark(), "low watermark");
                check(List.of("v3", "v4"), values(context.readAll(topic, 1, 2)), "what is left");
                var beyond = Map.of(partition, RecordsToDelete.beforeOffset(9));
                refused(org.apache.kafka.common.errors.OffsetOutOfRangeException.class, () -> admin.deleteRecords(beyond).all().get());
                int node = admin.describeCluster().controller().get().id();
                var dirs = admin.describeLogDirs(List.of(node)).allDescriptions().get().get(node);
                check(1, dirs.size(), "log dirs");
                check(dirs.values().iterator().next().replicaInfos().get(partition).size() > 0, "the size of a partition");
            }
        });

        CASES.put("admin quotas: set, told by filter, and removed", context -> {
            String user = context.unique("user");
            ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, user));
            ClientQuotaFilter own = ClientQuotaFilter.containsOnly(
                List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.USER, user)));
            try (Admin admin = context.admin()) {
                quota(admin, entity, "consumer_byte_rate", 20_000.0);
                quota(admin, entity, "request_percentage", 75.0);
                soon(Map.of(entity, Map.of("consumer_byte_rate", 20_000.0, "request_percentage", 75.0)),
                    () -> admin.describeClientQuotas(own).entities().get(), "told");
                quota(admin, entity, "consumer_byte_rate", null);
                quota(admin, entity, "request_percentage", null);
                soon(Map.of(), () -> admin.describeClientQuotas(own).entities().get(), "removed");
            }
        });

        CASES.put("admin quotas: a producer over its own is throttled", context -> {
            String topic = context.topic(1);
            String id = context.unique("throttled");
            ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, id));
            try (Admin admin = context.admin(); Producer<String, String> producer = context.producer("client.id", id)) {
                quota(admin, entity, "producer_byte_rate", 20_000.0);
                eventually("a throttled answer", () -> {
                    producer.send(new ProducerRecord<>(topic, "x".repeat(20_000))).get();
                    double throttled = producer.metrics().entrySet().stream()
                        .filter(one -> one.getKey().name().equals("produce-throttle-time-max"))
                        .mapToDouble(one -> (Double) one.getValue().metricValue()).max().orElse(-1);
                    return throttled > 0 ? Optional.of(1) : Optional.empty();
                });
                quota(admin, entity, "producer_byte_rate", null);
            }
        });

        CASES.put("admin other: the cluster, and what one node does not do", context -> {
            String topic = context.topic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            try (Admin admin = context.admin()) {
                var cluster = admin.describeCluster();
                check(1, cluster.nodes().get().size(), "nodes");
                check(22, cluster.clusterId().get().length(), "length of the cluster's id");
                int node = cluster.controller().get().id();
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

        CASES.put("admin other: the features are described", context -> {
            try (Admin admin = context.admin()) {
                var features = admin.describeFeatures().featureMetadata().get();
                check(features.supportedFeatures() != null && features.finalizedFeatures() != null, "features: " + features);
            }
        });
    }

    private static Void alter(Admin admin, ConfigResource of, AlterConfigOp.OpType how, String name, String value) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> all = Map.of(of, List.of(new AlterConfigOp(new ConfigEntry(name, value), how)));
        return admin.incrementalAlterConfigs(all).all().get();
    }

    private static ConfigEntry told(Admin admin, ConfigResource of, String name) throws Exception {
        Config all = admin.describeConfigs(List.of(of)).all().get().get(of);
        return all.get(name);
    }

    private static void quota(Admin admin, ClientQuotaEntity entity, String name, Double value) throws Exception {
        var one = new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op(name, value)));
        admin.alterClientQuotas(List.of(one)).all().get();
    }
}
