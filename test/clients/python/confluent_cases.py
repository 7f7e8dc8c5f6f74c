"""Cases of confluent-kafka, that is of librdkafka."""

import functools
import time

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    OFFSET_INVALID,
    TIMESTAMP_CREATE_TIME,
    TIMESTAMP_LOG_APPEND_TIME,
    Consumer,
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    ElectionType,
    KafkaError,
    KafkaException,
    Producer,
    TopicCollection,
    TopicPartition,
    libversion,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)
from harness import case, eventually, lately, main, numbered, refused, same

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def producer(context, **settings):
    common = {"bootstrap.servers": context.bootstrap, "reconnect.backoff.max.ms": 200, "linger.ms": 0}
    return Producer({**common, **{key.replace("_", "."): value for key, value in settings.items()}})


def consumer(context, **settings):
    common = {
        "bootstrap.servers": context.bootstrap,
        "group.id": context.unique("group"),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "heartbeat.interval.ms": 100,
        "reconnect.backoff.max.ms": 200,
        "fetch.error.backoff.ms": 50,
        "fetch.wait.max.ms": 100,
    }
    return Consumer({**common, **{key.replace("_", "."): value for key, value in settings.items()}})


def admin(context):
    return AdminClient({"bootstrap.servers": context.bootstrap})


def settled(futures):
    return {key: future.result(30) for key, future in futures.items()}


def topic(context, partitions=1, **config):
    name = context.unique("topic")
    client = admin(context)
    settings = {key.replace("_", "."): value for key, value in config.items()}
    settled(client.create_topics([NewTopic(name, partitions, 1, config=settings)]))
    # Metadata may run ahead of the partitions for a moment: offsets are answered by those that are led.
    latest = {TopicPartition(name, at): OffsetSpec.latest() for at in range(partitions)}
    eventually("every partition to be led", lambda: _led(client, latest))
    return name


def _led(client, latest):
    try:
        settled(client.list_offsets(latest, request_timeout=5))
        return True
    except KafkaException:
        return None


def send(client, name, values, **fields):
    """Sends and waits; returns the delivered messages in the order of delivery."""
    delivered, failed = [], []

    def told(error, message):
        (failed if error else delivered).append(error or message)

    for value in values:
        client.produce(name, value=value, on_delivery=told, **fields)
        client.poll(0)
    left = client.flush(30)
    assert not failed, failed[0]
    same(0, left, "messages left in the queue")
    return delivered


def poll(client, wanted, seconds=30):
    got = []

    deadline = time.monotonic() + seconds
    while len(got) < wanted:
        assert time.monotonic() < deadline, f"got {len(got)} of {wanted} messages within {seconds} s"
        for message in client.consume(min(wanted - len(got), 1000), 0.1):
            if message.error():
                raise KafkaException(message.error())
            got.append(message)
    return got


def read_all(context, name, wanted, partitions=1, **settings):
    client = consumer(context, **settings)
    client.assign([TopicPartition(name, at, OFFSET_BEGINNING) for at in range(partitions)])
    try:
        return poll(client, wanted)
    finally:
        client.close()


def values(messages):
    return [message.value() for message in messages]


@case(f"metadata (librdkafka {libversion()[0]})")
def metadata(context):
    name = topic(context, 3)
    told = admin(context).list_topics(timeout=10)
    same(sorted(told.topics[name].partitions), [0, 1, 2], "partitions")
    leaders = {one.leader for one in told.topics[name].partitions.values()}
    same(set(told.brokers), leaders, "leaders")
    node = next(iter(told.brokers.values()))
    same(context.bootstrap, f"{node.host}:{node.port}", "address")
    same(told.controller_id, node.id, "controller")
    assert len(told.cluster_id) == 22, told.cluster_id


@case("topics are created, listed and deleted")
def topics(context):
    client = admin(context)
    name = context.unique("admin")
    settled(client.create_topics([NewTopic(name, 4, 1)]))
    eventually("the topic", lambda: name in client.list_topics(timeout=10).topics)
    again = refused(KafkaException, lambda: settled(client.create_topics([NewTopic(name, 4, 1)])))
    same(KafkaError.TOPIC_ALREADY_EXISTS, again.args[0].code(), "error")
    defaults = context.unique("defaults")
    settled(client.create_topics([NewTopic(defaults)]))
    count = lambda: len(client.list_topics(defaults, timeout=10).topics[defaults].partitions)  # noqa: E731
    same(1, eventually("its partitions", lambda: count() or None), "default partitions")
    settled(client.delete_topics([name]))
    eventually("its end", lambda: name not in client.list_topics(timeout=10).topics)
    absent = refused(KafkaException, lambda: settled(client.delete_topics([name])))
    same(KafkaError.UNKNOWN_TOPIC_OR_PART, absent.args[0].code(), "error")


def _produce(acks, codec, context):
    name = topic(context)
    text = b"skerry " * 100
    wanted = [text + str(at).encode() for at in range(300)]
    client = producer(context, acks=acks, compression_codec=codec, linger_ms=20)
    delivered = send(client, name, wanted)
    if acks != "0":
        same(list(range(300)), [message.offset() for message in delivered], "offsets")
    same(wanted, values(read_all(context, name, 300)), "records")


for _acks in ["0", "1", "all"]:
    for _codec in CODECS:
        case(f"produce acks={_acks} {_codec}")(functools.partial(_produce, _acks, _codec))


@case("headers")
def headers(context):
    name = topic(context)
    wanted = [("a", b"\x00\xff"), ("b", None), ("a", b"")]
    send(producer(context), name, [b"v"], headers=wanted)
    same(wanted, read_all(context, name, 1)[0].headers(), "headers in order")


@case("null keys and values")
def nulls(context):
    name = topic(context)
    client = producer(context)
    for key, value in [(None, b"v"), (b"k", None), (b"", b"")]:
        send(client, name, [value], key=key)
    got = [(message.key(), message.value()) for message in read_all(context, name, 3)]
    same([(None, b"v"), (b"k", None), (b"", b"")], got, "keys and values")


@case("timestamps")
def timestamps(context):
    name = topic(context)
    then = lately() + 123
    send(producer(context), name, [b"v"], timestamp=then)
    got = read_all(context, name, 1)[0]
    same((TIMESTAMP_CREATE_TIME, then), got.timestamp(), "timestamp")


@case("consume from the earliest")
def earliest(context):
    name = topic(context)
    send(producer(context), name, numbered(0, 5))
    client = consumer(context)
    client.subscribe([name])
    same(numbered(0, 5), values(poll(client, 5)), "records")
    client.close()


@case("consume from the latest")
def latest(context):
    name = topic(context)
    send(producer(context), name, numbered(0, 5))
    client = consumer(context, auto_offset_reset="latest", statistics_interval_ms=50)
    client.subscribe([name])
    later = producer(context)

    # A position is only known once something came: send until it does. It is new, and nothing between is missing.
    sent = [0]

    def step():
        send(later, name, [b"later%d" % sent[0]])
        sent[0] += 1
        return client.poll(0.1)

    first = eventually("a later message", step)
    assert first.value().startswith(b"later"), first.value()
    assert first.offset() >= 5, first.offset()
    client.close()


@case("consume from a timestamp")
def by_time(context):
    name = topic(context)
    out = producer(context)
    start = lately()
    for at in range(5):
        send(out, name, [f"v{at}".encode()], timestamp=start + at * 10)
    client = consumer(context)
    found = client.offsets_for_times([TopicPartition(name, 0, start + 15)], timeout=10)
    same(2, found[0].offset, "offset for 15 ms")
    same((0, 5), client.get_watermark_offsets(TopicPartition(name, 0), timeout=10), "low and high")
    client.assign(found)
    same(numbered(2, 5), values(poll(client, 3)), "records")
    client.close()


def _balance(context, **settings):
    name = topic(context, 4)
    group = context.unique("group")
    one = consumer(context, group_id=group, **settings)
    one.subscribe([name])
    one_holds = lambda count: one.poll(0.03) is None and len(one.assignment()) == count  # noqa: E731
    eventually("one to hold all", lambda: one_holds(4))
    two = consumer(context, group_id=group, **settings)
    two.subscribe([name])
    eventually("two each", lambda: one_holds(2) and two.poll(0.03) is None and len(two.assignment()) == 2)
    held = {part.partition for part in one.assignment() + two.assignment()}
    same({0, 1, 2, 3}, held, "partitions held by either")
    two.close()
    eventually("one to hold all again", lambda: one_holds(4))
    send(producer(context), name, numbered(0, 20))
    same(20, len(poll(one, 20)), "records after the rebalances")
    one.close()


case("two members rebalance")(lambda context: _balance(context))
case("two members rebalance (cooperative sticky)")(
    lambda context: _balance(context, partition_assignment_strategy="cooperative-sticky")
)


@case("a static member comes back to its partitions")
def static(context):
    name = topic(context, 2)
    group = context.unique("static")
    one = consumer(context, group_id=group, group_instance_id="one", session_timeout_ms=30_000)
    two = consumer(context, group_id=group, group_instance_id="two", session_timeout_ms=30_000)
    for client in (one, two):
        client.subscribe([name])

    def each_holds_one(other):
        one.poll(0.03)
        other.poll(0.03)
        return len(one.assignment()) == 1 and len(other.assignment()) == 1

    eventually("one each", lambda: each_holds_one(two))
    held = two.assignment()[0].partition
    two.close()
    again = consumer(context, group_id=group, group_instance_id="two", session_timeout_ms=30_000)
    again.subscribe([name])
    eventually("one each again", lambda: each_holds_one(again))
    same(held, again.assignment()[0].partition, "its old partition")
    for client in (one, again):
        client.close()


@case("commit and resume")
def resume(context):
    name = topic(context)
    group = context.unique("group")
    send(producer(context), name, numbered(0, 10))
    first = consumer(context, group_id=group)
    first.subscribe([name])
    poll(first, 4)
    first.commit(offsets=[TopicPartition(name, 0, 3, "three")], asynchronous=False)
    told = first.committed([TopicPartition(name, 0)], timeout=10)[0]
    same((3, "three"), (told.offset, told.metadata), "committed offset and metadata")
    first.close()
    second = consumer(context, group_id=group)
    second.subscribe([name])
    same(numbered(3, 10), values(poll(second, 7)), "records after the commit")
    second.commit(asynchronous=False)
    same(10, second.committed([TopicPartition(name, 0)], timeout=10)[0].offset, "committed by position")
    second.close()


@case("auto commit")
def auto_commit(context):
    name = topic(context)
    group = context.unique("group")
    send(producer(context), name, numbered(0, 3))
    client = consumer(context, group_id=group, enable_auto_commit=True, auto_commit_interval_ms=50)
    client.subscribe([name])
    poll(client, 3)
    client.close()
    reader = consumer(context, group_id=group)
    same(3, reader.committed([TopicPartition(name, 0)], timeout=10)[0].offset, "committed on close")
    reader.close()


@case("idempotent produce")
def idempotent(context):
    name = topic(context)
    client = producer(context, enable_idempotence=True, batch_num_messages=50)
    send(client, name, numbered(0, 2000))
    same(numbered(0, 2000), values(read_all(context, name, 2000)), "each once, in order, five in flight")


@case("a message over the limit")
def too_large(context):
    name = topic(context)
    client = producer(context, message_max_bytes=20_000_000)
    errors = []
    client.produce(name, b"x" * 2_000_000, on_delivery=lambda error, _message: errors.append(error))
    client.flush(30)
    same([KafkaError.MSG_SIZE_TOO_LARGE], [error and error.code() for error in errors], "error")
    same([0], [message.offset() for message in send(client, name, [b"small"])], "offset of the next")


@case("an unknown topic is created (auto creation on)")
def auto_on(context):
    name = context.unique("auto")
    send(producer(context, topic_metadata_refresh_fast_interval_ms=50), name, numbered(0, 3))
    same(numbered(0, 3), values(read_all(context, name, 3)), "records")


@case("an unknown topic stays unknown (auto creation off)")
def auto_off(context):
    name = context.unique("never")
    client = producer(context, message_timeout_ms=3000, topic_metadata_propagation_max_ms=500)
    errors = []
    client.produce(name, b"v", on_delivery=lambda error, _message: errors.append(error))
    client.flush(30)
    same([KafkaError.UNKNOWN_TOPIC_OR_PART], [error and error.code() for error in errors], "error")
    assert name not in admin(context).list_topics(timeout=10).topics, "it was created"


@case("a consumer of an unknown topic is told (auto creation off)")
def consumer_auto_off(context):
    name = context.unique("never")
    client = consumer(context, allow_auto_create_topics=False, topic_metadata_propagation_max_ms=100)
    client.subscribe([name])
    message = eventually("the error", lambda: client.poll(0.1))
    same(KafkaError.UNKNOWN_TOPIC_OR_PART, message.error().code(), "error")
    client.close()


def _comes_back(how, context):
    name = topic(context)
    out = producer(context)
    client = consumer(context)
    client.subscribe([name])
    send(out, name, numbered(0, 5))
    same(numbered(0, 5), values(poll(client, 5)), "before")
    client.commit(asynchronous=False)
    context.ask(how)
    if how == "kill9":
        context.ask("restart")
    send(out, name, numbered(5, 10))
    same(numbered(5, 10), values(poll(client, 5)), "after")
    eventually("a commit", lambda: _committed(client))
    client.close()
    same(numbered(0, 10), values(read_all(context, name, 10)), "all of it")


def _committed(client):
    try:
        return client.commit(asynchronous=False)
    except KafkaException:
        return None


for _how in ["restart", "kill9"]:
    case(f"the broker goes and comes back ({_how})")(functools.partial(_comes_back, _how))


@case("idempotent produce over kill -9 writes each message once")
def idempotent_kill(context):
    name = topic(context)
    client = producer(context, enable_idempotence=True, batch_num_messages=20, retry_backoff_ms=50)
    send(client, name, numbered(0, 50))
    for value in numbered(50, 200):
        client.produce(name, value)
    client.poll(0)
    context.ask("kill9")
    for value in numbered(200, 300):
        client.produce(name, value)
    context.ask("restart")
    same(0, client.flush(60), "messages left")
    same(numbered(0, 300), values(read_all(context, name, 300)), "records")


@case("an offset out of range is told, or reset")
def out_of_range(context):
    name = topic(context)
    send(producer(context), name, numbered(0, 3))
    strict = consumer(context, auto_offset_reset="error")
    strict.assign([TopicPartition(name, 0, 100)])
    message = eventually("the error", lambda: strict.poll(0.1))
    same(KafkaError._AUTO_OFFSET_RESET, message.error().code(), "error")
    strict.close()
    lenient = consumer(context)
    lenient.assign([TopicPartition(name, 0, 100)])
    same(numbered(0, 3), values(poll(lenient, 3)), "from the beginning again")
    lenient.close()


@case("pause, resume and seek")
def pause(context):
    name = topic(context, 2)
    out = producer(context)
    for at in range(6):
        send(out, name, [f"v{at}".encode()], partition=at % 2)
    client = consumer(context)
    both = [TopicPartition(name, at, OFFSET_BEGINNING) for at in range(2)]
    client.assign(both)
    client.pause(both[:1])
    same([b"v1", b"v3", b"v5"], values(poll(client, 3)), "the running partition")
    client.resume(both[:1])
    same([b"v0", b"v2", b"v4"], values(poll(client, 3)), "the paused one")
    client.seek(TopicPartition(name, 1, 2))
    same([b"v5"], values(poll(client, 1)), "after the seek")
    client.close()


@case("the end of a partition is told")
def partition_end(context):
    name = topic(context)
    send(producer(context), name, numbered(0, 2))
    client = consumer(context, enable_partition_eof=True)
    client.assign([TopicPartition(name, 0, OFFSET_BEGINNING)])
    seen = []

    def step():
        message = client.poll(0.1)
        if message is not None:
            seen.append(message.error().code() if message.error() else message.value())
        return len(seen) == 3

    eventually("both and the end", step)
    same([b"v0", b"v1", KafkaError._PARTITION_EOF], seen, "seen")
    client.close()


@case("a fetch returns a whole batch over its limits (KIP-74)")
def whole_batch(context):
    name = topic(context)
    send(producer(context, linger_ms=50), name, [b"x" * 4000] * 20)
    settings = {"fetch_message_max_bytes": 1000, "fetch_max_bytes": 2000, "message_max_bytes": 2000}
    same(20, len(read_all(context, name, 20, **settings)), "records")


@case("many messages over many partitions")
def many(context):
    name = topic(context, 12)
    client = producer(context, linger_ms=5)
    for at in range(12_000):
        client.produce(name, f"v{at}".encode(), partition=at % 12)
    same(0, client.flush(30), "messages left")
    got = read_all(context, name, 12_000, 12, fetch_message_max_bytes=8000)
    same(12_000, len(set(values(got))), "distinct messages")
    offsets = {}
    for message in got:
        same(offsets.get(message.partition(), 0), message.offset(), "offset")
        offsets[message.partition()] = message.offset() + 1


@case("admin: groups are listed and described, their offsets read")
def groups(context):
    name = topic(context)
    group = context.unique("described")
    send(producer(context), name, numbered(0, 3))
    client = consumer(context, group_id=group, client_id="described")
    client.subscribe([name])
    poll(client, 3)
    client.commit(asynchronous=False)
    asking = admin(context)
    listed = asking.list_consumer_groups(request_timeout=10).result(10)
    assert group in {one.group_id for one in listed.valid}, listed.errors
    described = settled(asking.describe_consumer_groups([group], request_timeout=10))[group]
    same("STABLE", described.state.name, "state")
    same(["described"], [member.client_id for member in described.members], "members")
    held = [(part.topic, part.partition) for part in described.members[0].assignment.topic_partitions]
    same([(name, 0)], held, "assignment")
    client.close()


@case("throughput is not starved by a slow reader of the same connection pool")
def side_by_side(context):
    """Two consumers of one process: one polls, the other does not; the first must not wait for the second."""
    name = topic(context)
    slow = consumer(context)
    slow.subscribe([name])
    fast = consumer(context)
    fast.assign([TopicPartition(name, 0, OFFSET_BEGINNING)])
    started = time.monotonic()
    send(producer(context, linger_ms=5), name, numbered(0, 5000))
    same(5000, len(poll(fast, 5000)), "records")
    assert time.monotonic() - started < 20, "it took too long"
    fast.close()
    slow.close()


def code_of(action):
    """The code of the error that the action must raise."""
    return refused(KafkaException, action).args[0].code()


@case("admin topics: partitions are added, and never taken away")
def partitions(context):
    name = topic(context, 2)
    client = admin(context)
    settled(client.create_partitions([NewPartitions(name, 5)], validate_only=True))
    settled(client.create_partitions([NewPartitions(name, 4)]))
    eventually("four partitions", lambda: len(client.list_topics(name, timeout=10).topics[name].partitions) == 4)
    fewer = lambda: settled(client.create_partitions([NewPartitions(name, 3)]))  # noqa: E731
    same(KafkaError.INVALID_PARTITIONS, code_of(fewer), "error")
    out = producer(context, topic_metadata_refresh_fast_interval_ms=50)
    send(out, name, [b"v"], partition=3)
    same([b"v"], values(read_all(context, name, 1, 4)), "record of a partition that was added")


@case("admin topics: described by name, with their ids")
def described(context):
    name, absent = topic(context, 2), context.unique("absent")
    client = admin(context)
    told = client.describe_topics(TopicCollection([name, absent]), include_authorized_operations=True)
    one = told[name].result(30)
    same((name, False, 2), (one.name, one.is_internal, len(one.partitions)), "topic")
    same(22, len(str(one.topic_id)), "length of its id")
    same([[one.partitions[0].leader.id]] * 2, [[node.id for node in part.isr] for part in one.partitions], "isr")
    same(KafkaError.UNKNOWN_TOPIC_OR_PART, code_of(lambda: told[absent].result(30)), "error")


@case("admin configs: set, appended, subtracted and deleted, one by one")
def configs(context):
    name = topic(context)
    client = admin(context)
    operations = AlterConfigOpType

    def altered(*entries, **options):
        wanted = [ConfigEntry(key, value, incremental_operation=operation) for key, value, operation in entries]
        resource = ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=wanted)
        settled(client.incremental_alter_configs([resource], **options))

    def changed(wanted):
        asked = ConfigResource(ConfigResource.Type.TOPIC, name)

        def told():
            (entries,) = settled(client.describe_configs([asked])).values()
            own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
            return {key: one.value for key, one in entries.items() if one.source == own} == wanted

        eventually(f"the settings {wanted}", told)

    altered(("retention.ms", "1000000", operations.SET), ("max.message.bytes", "2000", operations.SET))
    changed({"retention.ms": "1000000", "max.message.bytes": "2000"})
    altered(("retention.ms", None, operations.DELETE), ("cleanup.policy", "compact", operations.APPEND))
    changed({"max.message.bytes": "2000", "cleanup.policy": "delete,compact"})
    altered(("cleanup.policy", "compact", operations.SUBTRACT), ("max.message.bytes", None, operations.DELETE))
    changed({"cleanup.policy": "delete"})
    bad = lambda **options: altered(("retention.ms", "soon", operations.SET), **options)  # noqa: E731
    same(KafkaError.INVALID_CONFIG, code_of(bad), "error")
    same(KafkaError.INVALID_CONFIG, code_of(lambda: bad(validate_only=True)), "error where only validated")
    altered(("retention.ms", "5", operations.SET), validate_only=True)
    changed({"cleanup.policy": "delete"})


@case("admin configs: of the broker")
def broker_configs(context):
    client = admin(context)
    node = next(iter(client.list_topics(timeout=10).brokers))
    (told,) = settled(client.describe_configs([ConfigResource(ConfigResource.Type.BROKER, str(node))])).values()
    same(("1048588", False), (told["message.max.bytes"].value, told["message.max.bytes"].is_read_only), "a setting")
    assert told["log.segment.bytes"].synonyms, "no synonyms"


@case("admin groups: their offsets are told and set, they are deleted")
def group_offsets(context):
    name = topic(context, 2)
    group = context.unique("group")
    send(producer(context), name, numbered(0, 3), partition=0)
    member = consumer(context, group_id=group)
    member.subscribe([name])
    poll(member, 3)
    member.commit(asynchronous=False)
    client = admin(context)

    def offsets(*wanted):
        asked = ConsumerGroupTopicPartitions(group, list(wanted) or None)
        told = settled(client.list_consumer_group_offsets([asked]))[group].topic_partitions
        return {part.partition: part.offset for part in told}

    def alter(part):
        return settled(client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [part])]))[group]

    same(3, offsets()[0], "committed")
    same({1: OFFSET_INVALID}, {at: one for at, one in offsets(TopicPartition(name, 1)).items() if one < 0}, "never")
    (told,) = alter(TopicPartition(name, 0, 1)).topic_partitions
    same(KafkaError.UNKNOWN_MEMBER_ID, told.error.code(), "error while it runs")
    delete = lambda: settled(client.delete_consumer_groups([group]))  # noqa: E731
    same(KafkaError.NON_EMPTY_GROUP, code_of(delete), "error while it runs")
    stable = client.list_consumer_groups(states={ConsumerGroupState.STABLE}).result(30).valid
    assert group in {one.group_id for one in stable}, "not listed as stable"
    member.close()
    (told,) = alter(TopicPartition(name, 0, 1)).topic_partitions
    same((None, 1), (told.error, offsets()[0]), "the offset set")
    delete()
    same(KafkaError.GROUP_ID_NOT_FOUND, code_of(delete), "error when it is gone")


@case("admin records: deleted before an offset, and before the end")
def records(context):
    name = topic(context)
    send(producer(context), name, numbered(0, 10))
    client = admin(context)

    def deleted(offset):
        (told,) = settled(client.delete_records([TopicPartition(name, 0, offset)])).values()
        return told.low_watermark

    same(4, deleted(4), "low watermark")
    same(numbered(4, 10), values(read_all(context, name, 6)), "records left")
    same(KafkaError.OFFSET_OUT_OF_RANGE, code_of(lambda: deleted(11)), "error")
    same(10, deleted(OFFSET_END), "low watermark")


@case("timestamps: offsets by name: earliest, latest, of the largest time")
def offset_specs(context):
    name = topic(context)
    start = lately()
    out = producer(context)
    for at in [0, 20, 10]:
        send(out, name, [b"v"], timestamp=start + at)
    client = admin(context)

    def ask(spec):
        (told,) = settled(client.list_offsets({TopicPartition(name, 0): spec})).values()
        return told.offset, told.timestamp

    same((0, 3), (ask(OffsetSpec.earliest())[0], ask(OffsetSpec.latest())[0]), "earliest and latest")
    same((1, start + 20), ask(OffsetSpec.max_timestamp()), "of the largest time")
    same((1, start + 20), ask(OffsetSpec.for_timestamp(start + 5)), "by time")


@case("timestamps: a topic that stamps by itself")
def append_time(context):
    name = topic(context, message_timestamp_type="LogAppendTime")
    before = time.time()
    (told,) = send(producer(context), name, [b"v"], timestamp=lately())
    (got,) = read_all(context, name, 1)
    kind, stamp = got.timestamp()
    same(TIMESTAMP_LOG_APPEND_TIME, kind, "kind")
    assert before - 1 <= stamp / 1000 <= time.time() + 1, stamp
    same(stamp, told.timestamp()[1], "told to the producer")


@case("admin other: the cluster, an election that is not needed, a user who is not there")
def cluster(context):
    name = topic(context)
    client = admin(context)
    told = client.describe_cluster(include_authorized_operations=True).result(30)
    (node,) = told.nodes
    same((context.bootstrap, node.id), (f"{node.host}:{node.port}", told.controller.id), "node")
    same(client.cluster_id(timeout=10), told.cluster_id, "cluster")
    part = TopicPartition(name, 0)
    (error,) = client.elect_leaders(ElectionType.PREFERRED, [part]).result(30).values()
    same(KafkaError.ELECTION_NOT_NEEDED, error.code(), "error")
    absent = lambda: settled(client.describe_user_scram_credentials([context.unique("user")]))  # noqa: E731
    same(KafkaError.RESOURCE_NOT_FOUND, code_of(absent), "error")


@case("group: a pattern takes topics that come later")
def pattern(context):
    prefix = context.unique("pattern")
    client = admin(context)
    reader = consumer(context, topic_metadata_refresh_interval_ms=100)
    held = lambda: reader.poll(0.02) is None and {part.topic for part in reader.assignment()}  # noqa: E731
    settled(client.create_topics([NewTopic(f"{prefix}-first", 1, 1)]))
    reader.subscribe([f"^{prefix}-.*"])
    eventually("the first topic", lambda: held() == {f"{prefix}-first"})
    settled(client.create_topics([NewTopic(f"{prefix}-second", 1, 1)]))
    eventually("the second topic", lambda: held() == {f"{prefix}-first", f"{prefix}-second"})
    send(producer(context), f"{prefix}-second", [b"v"])
    same([b"v"], values(poll(reader, 1)), "record of the second")
    reader.close()


def member(context, group, **settings):
    """A member with group.protocol=consumer (KIP-848): the broker says how often it speaks."""
    common = {
        "bootstrap.servers": context.bootstrap,
        "group.id": group,
        "group.protocol": "consumer",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "reconnect.backoff.max.ms": 200,
        "fetch.wait.max.ms": 100,
    }
    return Consumer({**common, **{key.replace("_", "."): value for key, value in settings.items()}})


def balanced(counts, *members):
    """Polls all until each has as many partitions as `counts` says."""

    def attempt():
        for one in members:
            one.poll(0.05)
        return [len(one.assignment()) for one in members] == counts or None

    eventually(f"a balance of {counts}", attempt)


@case("group: consumer protocol, two members share the partitions, and one takes over")
def consumer_protocol(context):
    name = topic(context, 4)
    group = context.unique("new")
    one, two = member(context, group), member(context, group)
    one.subscribe([name])
    balanced([4], one)
    two.subscribe([name])
    balanced([2, 2], one, two)
    parts = {(part.topic, part.partition) for client in (one, two) for part in client.assignment()}
    same(4, len(parts), "partitions, each with one member")
    two.close()
    balanced([4], one)
    one.close()


@case("group: consumer protocol, commits and goes on over a kill -9 of the broker")
def consumer_protocol_killed(context):
    name = topic(context)
    group = context.unique("new")
    send(producer(context), name, [b"a", b"b"])
    one = member(context, group)
    one.subscribe([name])
    same([b"a", b"b"], values(poll(one, 2)), "before")
    one.commit(asynchronous=False)
    context.ask("kill9")
    context.ask("restart")
    send(producer(context), name, [b"c"])
    same([b"c"], values(poll(one, 1)), "after")
    one.commit(asynchronous=False)
    one.close()
    again = member(context, group)
    again.subscribe([name])
    send(producer(context), name, [b"d"])
    same([b"d"], values(poll(again, 1)), "from where it was")
    again.close()


@case("static membership: the first of two with one id is fenced")
def fenced(context):
    name = topic(context)
    settings = {"group_id": context.unique("static"), "group_instance_id": "the same"}
    one = consumer(context, **settings)
    one.subscribe([name])
    eventually("its partition", lambda: one.poll(0.02) is None and len(one.assignment()) == 1)
    two = consumer(context, **settings)
    two.subscribe([name])
    seen = []

    def told():
        two.poll(0.02)
        message = one.poll(0.02)
        if message is not None and message.error():
            seen.append(message.error().code())
        return seen or None

    same(KafkaError._FATAL, eventually("an error of the first", told)[0], "error")
    for client in (one, two):
        client.close()


@case("commit: metadata over the limit is refused")
def long_metadata(context):
    name = topic(context)
    client = consumer(context)
    commit = lambda text: client.commit(offsets=[TopicPartition(name, 0, 0, text)], asynchronous=False)  # noqa: E731
    # The binding sends the zero that ends the text, too.
    commit("m" * 4095)
    same(KafkaError.OFFSET_METADATA_TOO_LARGE, code_of(lambda: commit("m" * 4096)), "error")
    client.close()


@case("large: a batch of the very limit passes, a byte more is refused")
def limit(context):
    name = topic(context)
    # All of a batch of one record but its value, where the lengths take three bytes each.
    most = 1_048_588 - 61 - 11
    client = producer(context, message_max_bytes=2_000_000)
    send(client, name, [b"x" * most])
    errors = []
    client.produce(name, b"x" * (most + 1), on_delivery=lambda error, _message: errors.append(error))
    client.flush(30)
    same([KafkaError.MSG_SIZE_TOO_LARGE], [error and error.code() for error in errors], "error")
    same(most, len(read_all(context, name, 1)[0].value()), "size")


@case("seek: from so many before the end, and from the end")
def tail(context):
    name = topic(context)
    out = producer(context)
    send(out, name, numbered(0, 10))
    client = consumer(context)
    # librdkafka counts from the end below -2000; the binding has no name for that.
    client.assign([TopicPartition(name, 0, -2000 - 3)])
    same(numbered(7, 10), values(poll(client, 3)), "the last three")
    client.seek(TopicPartition(name, 0, 5))
    same(numbered(5, 10), values(poll(client, 5)), "from 5")
    same(10, client.position([TopicPartition(name, 0)])[0].offset, "position")
    client.close()


main()
