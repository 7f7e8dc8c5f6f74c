"""Cases of kafka-python 2: those it shares with version 3, and its own admin client, which hands out answers."""

import kafka
from harness import case, eventually, main, numbered, refused, same
from kafka import OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import (
    ElectionNotNeededError,
    GroupIdNotFoundError,
    InvalidPartitionsError,
    MessageSizeTooLargeError,
    NoError,
    NonEmptyGroupError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
)
from kafka_python_shared import MESSAGE_BYTES_MAX, admin, consumer, create, grouped, parts, poll, producer, read_all
from kafka_python_shared import sent, topic, values


@case(f"connect: nodes and partitions are told (kafka-python {kafka.__version__})")
def metadata(context):
    name = topic(context, 3)
    client = admin(context)
    (told,) = client.describe_topics([name])
    same([0, 1, 2], sorted(one["partition"] for one in told["partitions"]), "partitions")
    cluster = client.describe_cluster()
    (node,) = cluster["brokers"]
    same(context.bootstrap, f"{node['host']}:{node['port']}", "address")
    same(node["node_id"], cluster["controller_id"], "controller")
    same(22, len(cluster["cluster_id"]), "length of the cluster's id")
    client.close()
    reader = consumer(context)
    same({0, 1, 2}, reader.partitions_for_topic(name), "partitions for topic")
    assert name in reader.topics(), "not listed"
    reader.close()


@case("admin topics: created, listed and deleted")
def topics(context):
    name, placed = context.unique("admin"), context.unique("placed")
    client = admin(context)
    client.create_topics([NewTopic(name, 4, 1)], validate_only=True)
    assert name not in client.list_topics(), "created where only validated"
    create(client, name, 4)
    node = client.describe_cluster()["brokers"][0]["node_id"]
    client.create_topics([NewTopic(placed, replica_assignments={0: [node], 1: [node]})])
    eventually("both", lambda: {name, placed} <= set(client.list_topics()))
    same(2, len(client.describe_topics([placed])[0]["partitions"]), "partitions placed by hand")
    refused(TopicAlreadyExistsError, lambda: create(client, name, 4))
    client.delete_topics([name])
    eventually("its end", lambda: name not in client.list_topics())
    refused(UnknownTopicOrPartitionError, lambda: client.delete_topics([name]))
    client.close()


@case("admin topics: partitions are added, and never taken away")
def partitions(context):
    name = topic(context, 2)
    client = admin(context)
    client.create_partitions({name: NewPartitions(5)}, validate_only=True)
    client.create_partitions({name: NewPartitions(4)})
    eventually("four partitions", lambda: len(client.describe_topics([name])[0]["partitions"]) == 4)
    refused(InvalidPartitionsError, lambda: client.create_partitions({name: NewPartitions(3)}))
    client.close()
    sent(context, name, [b"v"], partition=3)
    same([b"v"], values(read_all(context, name, 1, 4)), "record of a partition that was added")


def _entries(answers):
    """The settings of an answer to DescribeConfigs, by name."""
    (answer,) = answers
    (resource,) = answer.resources
    same(0, resource[0], "error code")
    return {name: value for name, value, *_rest in resource[4]}


@case("admin configs: those of topics and of the broker")
def configs(context):
    name = topic(context, retention_ms=86_400_000)
    client = admin(context)

    def described(**fields):
        return _entries(client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, **fields)]))

    told = described()
    same(("86400000", "delete"), (told["retention.ms"], told["cleanup.policy"]), "settings")
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": "2000"})])
    wanted = {"max.message.bytes": "2000", "retention.ms": "604800000"}
    asked = {"max.message.bytes": None, "retention.ms": None}
    eventually("the one set, the other by default again", lambda: described(configs=asked) == wanted)
    node = client.describe_cluster()["brokers"][0]["node_id"]
    told = _entries(client.describe_configs([ConfigResource(ConfigResourceType.BROKER, str(node))]))
    same(str(MESSAGE_BYTES_MAX), told["message.max.bytes"], "a setting of the broker")
    client.close()
    out = producer(context)
    refused(MessageSizeTooLargeError, lambda: out.send(name, b"x" * 3000).get(30))
    out.close()


@case("admin groups: listed and described, their offsets told, deleted when nobody is there")
def groups(context):
    name = topic(context)
    (part,) = parts(name)
    group = context.unique("described")
    sent(context, name, numbered(0, 3))
    member = grouped(context, name, group_id=group, client_id="described")
    poll(member, 3)
    member.commit()
    client = admin(context)
    same("consumer", dict(one[:2] for one in client.list_consumer_groups())[group], "listed with its protocol type")
    (told,) = client.describe_consumer_groups([group])
    same(("Stable", "consumer", "range"), (told.state, told.protocol_type, told.protocol), "group")
    same(["described"], [one.client_id for one in told.members], "members")
    same([(name, [0])], told.members[0].member_assignment.assignment, "assignment")
    same({part: 3}, {key: one.offset for key, one in client.list_consumer_group_offsets(group).items()}, "offsets")
    absent = TopicPartition(name, 7)
    told = client.list_consumer_group_offsets(group, partitions=[part, absent])
    same({part: 3, absent: -1}, {key: one.offset for key, one in told.items()}, "offsets asked for")
    same([(group, NonEmptyGroupError)], client.delete_consumer_groups([group]), "not deleted")
    member.close()
    same([(group, NoError)], client.delete_consumer_groups([group]), "deleted")
    same([(group, GroupIdNotFoundError)], client.delete_consumer_groups([group]), "deleted again")
    client.close()


@case("admin other: no leader need be elected")
def leaders(context):
    name = topic(context)
    client = admin(context)
    answer = client.perform_leader_election(0, {name: [0]})
    told = [(one[0], [partition[:2] for partition in one[1]]) for one in answer.replication_election_results]
    same([(name, [(0, ElectionNotNeededError.errno)])], told, "errors")
    client.close()


main()
