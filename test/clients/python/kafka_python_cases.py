"""Cases of kafka-python 3: those it shares with the second version, and its own admin client."""

import functools

import kafka
from harness import case, eventually, lately, main, numbered, refused, same
from kafka import OffsetAndMetadata, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, MemberToRemove
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    ElectionNotNeededError,
    GroupIdNotFoundError,
    GroupSubscribedToTopicError,
    InvalidPartitionsError,
    NoError,
    TopicAlreadyExistsError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)
from kafka_python_shared import Member, admin, consumer, grouped, parts, poll, producer, read_all, rebalance, send
from kafka_python_shared import sent, topic, values

case("cooperative: two members rebalance")(functools.partial(rebalance, CooperativeStickyAssignor))


@case(f"connect: nodes and partitions are told (kafka-python {kafka.__version__})")
def metadata(context):
    name = topic(context, 3)
    client = admin(context)
    (described,) = client.describe_topics([name])
    same([0, 1, 2], sorted(one["partition_index"] for one in described["partitions"]), "partitions")
    cluster = client.describe_cluster()
    (node,) = cluster["brokers"]
    same(context.bootstrap, f"{node['host']}:{node['port']}", "address")
    same(cluster["controller_id"], node.get("broker_id", node.get("node_id")), "controller")
    client.close()
    reader = consumer(context)
    same({0, 1, 2}, reader.partitions_for_topic(name), "partitions for topic")
    assert name in reader.topics(), "listed"
    reader.close()


@case("admin groups: listed and described, their offsets read and set")
def groups(context):
    name = topic(context)
    group = context.unique("described")
    part = TopicPartition(name, 0)
    sent(context, name, numbered(0, 3))
    client = grouped(context, name, group_id=group, client_id="described")
    poll(client, 3)
    client.commit()
    asking = admin(context)
    assert group in {one["group_id"] for one in asking.list_groups()}, "listed"
    described = asking.describe_groups([group])[group]
    same("Stable", described["group_state"], "state")
    same(["described"], [member["client_id"] for member in described["members"]], "members")
    client.close()
    asking.alter_group_offsets(group, {part: OffsetAndMetadata(1, "", -1)})
    same(1, asking.list_group_offsets({group: [part]})[group][part].offset, "the offset set")
    asking.close()


@case("admin topics: created, listed, described page by page, and deleted")
def topics(context):
    client = admin(context)
    name, defaults = context.unique("admin"), context.unique("defaults")
    wanted = {name: {"num_partitions": 4, "replication_factor": 1}}
    client.create_topics(wanted, validate_only=True)
    assert name not in client.list_topics(), "created where only validated"
    client.create_topics(wanted, wait_for_metadata=True)
    refused(TopicAlreadyExistsError, lambda: client.create_topics(wanted))
    client.create_topics([defaults], wait_for_metadata=True)
    same(1, len(client.describe_topics([defaults])[0]["partitions"]), "default partitions")
    page = client.describe_topic_partitions([name], response_partition_limit=3)
    same([0, 1, 2], [one["partition_index"] for one in page["topics"][0]["partitions"]], "the first page")
    same({"topic_name": name, "partition_index": 3}, page["next_cursor"], "where it goes on")
    page = client.describe_topic_partitions([name], cursor=page["next_cursor"])
    same([3], [one["partition_index"] for one in page["topics"][0]["partitions"]], "the second page")
    same(None, page["next_cursor"], "the end of it")
    client.delete_topics([name])
    eventually("its end", lambda: name not in client.list_topics())
    refused(UnknownTopicOrPartitionError, lambda: client.delete_topics([name]))
    client.close()


@case("admin topics: partitions are added, and never taken away")
def partitions(context):
    name = topic(context, 2)
    client = admin(context)
    client.create_partitions({name: 5}, validate_only=True)
    client.create_partitions({name: 4})
    eventually("four partitions", lambda: len(client.describe_topics([name])[0]["partitions"]) == 4)
    refused(InvalidPartitionsError, lambda: client.create_partitions({name: 3}))
    client.close()
    sent(context, name, [b"v"], partition=3)
    same([b"v"], values(read_all(context, name, 1, 4)), "record of a partition that was added")


def _changed(client, resource):
    """What was set of a resource and differs from the defaults."""
    told = client.describe_configs([resource])[resource.resource_type.name.lower()][str(resource.name)]
    return {key: one["value"] for key, one in told.items()}


@case("admin configs: set, appended, subtracted, deleted, one by one")
def configs(context):
    name = topic(context)
    client = admin(context)

    def altered(**settings):
        wanted = {key.replace("_", "."): value for key, value in settings.items()}
        return client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, wanted)])["topic"][name]

    def changed(wanted):
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        eventually(f"the settings {wanted}", lambda: _changed(client, resource) == wanted)

    same("OK", altered(retention_ms="1000000", max_message_bytes=("SET", "2000")), "set")
    changed({"retention.ms": "1000000", "max.message.bytes": "2000"})
    same("OK", altered(retention_ms=("DELETE", None), cleanup_policy=("APPEND", "compact")), "deleted and appended")
    changed({"max.message.bytes": "2000", "cleanup.policy": "delete,compact"})
    same("OK", altered(cleanup_policy=("SUBTRACT", "compact")), "subtracted")
    assert "INVALID_CONFIG" in altered(retention_ms="soon").upper() or "INVALID" in altered(retention_ms="soon").upper()
    client.reset_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": None})])
    told = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")["topic"][name]
    same("1048588", told["max.message.bytes"]["value"], "the default again")
    client.close()


@case("admin configs: resources that have any are listed")
def config_resources(context):
    name = topic(context)
    client = admin(context)
    told = client.list_config_resources()
    assert name in told["topic"], told
    same(1, len(told["broker"]), "brokers")
    client.close()


@case("admin groups: their offsets are set, reset and deleted, they are deleted")
def group_offsets(context):
    name = topic(context, 2)
    first, second = parts(name, 2)
    group = context.unique("group")
    sent(context, name, numbered(0, 10), partition=0)
    client = admin(context)
    same({first: NoError}, client.alter_group_offsets(group, {first: OffsetAndMetadata(7, "seven", -1)}), "set")
    told = client.reset_group_offsets(group, {first: OffsetSpec.EARLIEST, second: 5})
    same({first: 0, second: 0}, {part: one["offset"] for part, one in told.items()}, "reset, within what there is")
    same("seven", client.list_group_offsets({group: None})[group][first].metadata, "its metadata stays")
    same({first: NoError}, client.delete_group_offsets(group, [first]), "deleted")
    same({second}, set(client.list_group_offsets({group: None})[group]), "offsets left")
    same({group: "OK"}, client.delete_groups([group]), "the group deleted")
    same({group: "GroupIdNotFoundError"}, client.delete_groups([group]), "deleted again")
    refused(GroupIdNotFoundError, lambda: client.delete_group_offsets(group, [first]))
    client.close()


@case("admin groups: a group that runs is left alone, until its member is removed")
def running_group(context):
    name = topic(context)
    (part,) = parts(name)
    settings = {"group_id": context.unique("group"), "group_instance_id": "static"}
    member = Member(context, name, **settings)
    eventually("its partition", lambda: len(member.held()) == 1)
    group = settings["group_id"]
    client = admin(context)
    same({group: "NonEmptyGroupError"}, client.delete_groups([group]), "not deleted")
    same({part: GroupSubscribedToTopicError}, client.delete_group_offsets(group, [part]), "its offsets neither")
    told = client.alter_group_offsets(group, {part: OffsetAndMetadata(0, "", -1)})
    same({part: UnknownMemberIdError}, told, "nor set")
    states = {one["group_id"]: one["group_state"] for one in client.list_groups(states_filter=["Stable"])}
    same("Stable", states.get(group), "listed by its state")
    assert group not in {one["group_id"] for one in client.list_groups(types_filter=["consumer"])}, "listed as another"
    member.end()
    removed = client.remove_group_members(group, [MemberToRemove(group_instance_id="static", reason="a test")])
    same([NoError], list(removed.values()), "removed")
    eventually("the group to be empty", lambda: client.describe_groups([group])[group]["group_state"] == "Empty")
    client.close()


@case("timestamps: offsets by name: earliest, latest, of the largest time")
def offset_specs(context):
    name = topic(context)
    (part,) = parts(name)
    start = lately()
    for at in [0, 20, 10]:
        sent(context, name, [b"v"], timestamp_ms=start + at)
    client = admin(context)
    ask = lambda spec: client.list_partition_offsets({part: spec})[part]  # noqa: E731
    same((0, 3), (ask(OffsetSpec.EARLIEST).offset, ask(OffsetSpec.LATEST).offset), "earliest and latest")
    found = ask(OffsetSpec.MAX_TIMESTAMP)
    same((1, start + 20), (found.offset, found.timestamp), "of the largest time")
    same(0, ask(OffsetSpec.EARLIEST_LOCAL).offset, "earliest here")
    same((1, start + 20), (ask(start + 5).offset, ask(start + 5).timestamp), "by time")
    client.close()


@case("admin other: log folders, the quorum and producers")
def cluster(context):
    name = topic(context)
    (part,) = parts(name)
    client = producer(context, enable_idempotence=True)
    send(client, name, [b"x" * 1000])
    asking = admin(context)
    node = asking.describe_cluster()["brokers"][0]["broker_id"]
    (told,) = asking.describe_log_dirs({name: [0]})
    (folder,) = [one for one in told["log_dirs"] if one["topics"]]
    same((node, 0), (told["broker"], folder["error_code"]), "node and error")
    (held,) = folder["topics"][0]["partitions"]
    assert held["partition_size"] > 1000, held
    quorum = asking.describe_metadata_quorum()["topics"][0]["partitions"][0]
    same([quorum["leader_id"]], [one["replica_id"] for one in quorum["current_voters"]], "voters")
    (producing,) = asking.describe_producers([part])[part].active_producers
    same(0, producing.last_sequence, "last sequence")
    client.close()
    asking.close()


@case("admin other: leaders are elected, partitions not moved")
def leaders(context):
    name = topic(context)
    (part,) = parts(name)
    client = admin(context)
    node = client.describe_cluster()["brokers"][0]["broker_id"]
    (told,) = client.elect_leaders(0, {name: [0]}).replica_election_results
    errors = [(one.partition_id, one.error_code) for one in told.partition_result]
    same((name, [(0, ElectionNotNeededError.errno)]), (told.topic, errors), "errors")
    same({part: None}, client.alter_partition_reassignments({part: [node]}), "moved to where it is")
    same({}, client.list_partition_reassignments(), "under way")
    client.close()


@case("admin other: a user without SCRAM credentials has none")
def scram(context):
    user = context.unique("user")
    client = admin(context)
    told = client.describe_user_scram_credentials([user])[user]
    same([], told["credential_infos"], "credentials")
    assert told["error"], "no error"
    same({}, client.describe_user_scram_credentials(), "those of all users")
    client.close()


main()
