"""Cases of kafka-python."""

import functools
import threading

import kafka
from harness import case, eventually, main, numbered, refused, same
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, OffsetSpec, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError, MessageSizeTooLargeError, OffsetOutOfRangeError, TopicAlreadyExistsError

CODECS = [None, "gzip", "snappy", "lz4", "zstd"]


def producer(context, **settings):
    common = {"bootstrap_servers": context.bootstrap, "reconnect_backoff_max_ms": 200}
    return KafkaProducer(**{**common, **settings})


def consumer(context, *topics, **settings):
    common = {
        "bootstrap_servers": context.bootstrap,
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "heartbeat_interval_ms": 100,
        "reconnect_backoff_max_ms": 200,
        "fetch_max_wait_ms": 100,
    }
    return KafkaConsumer(*topics, **{**common, **settings})


def grouped(context, name, **settings):
    return consumer(context, name, **{"group_id": context.unique("group"), **settings})


def admin(context):
    return KafkaAdminClient(bootstrap_servers=context.bootstrap)


def topic(context, partitions=1):
    name = context.unique("topic")
    client = admin(context)
    wanted = {name: {"num_partitions": partitions, "replication_factor": 1}}
    client.create_topics(wanted, wait_for_metadata=True)
    # Metadata may run ahead of the partitions for a moment: offsets are answered by those that are led.
    client.list_partition_offsets({TopicPartition(name, at): OffsetSpec.LATEST for at in range(partitions)})
    client.close()
    return name


def send(client, name, values, **fields):
    futures = [client.send(name, value, **fields) for value in values]
    client.flush()
    return [future.get(30) for future in futures]


def sent(context, name, values, **fields):
    client = producer(context)
    try:
        return send(client, name, values, **fields)
    finally:
        client.close()


# A poll that ends while a SyncGroup is on its way loses the assignment for good: a bug of kafka-python 3.0.12. So polls are
# long; they end as soon as there are records.
POLL_MS = 1000


def poll(client, wanted):
    got = []

    def step():
        for records in client.poll(timeout_ms=POLL_MS).values():
            got.extend(records)
        return len(got) >= wanted

    eventually(f"{wanted} messages", step)
    return got


def read_all(context, name, wanted, partitions=1, **settings):
    client = consumer(context, **settings)
    parts = [TopicPartition(name, at) for at in range(partitions)]
    client.assign(parts)
    client.seek_to_beginning(*parts)
    try:
        return poll(client, wanted)
    finally:
        client.close()


def values(records):
    return [record.value for record in records]


@case(f"metadata (kafka-python {kafka.__version__})")
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


@case("topics are created, listed and deleted")
def topics(context):
    client = admin(context)
    name = context.unique("admin")
    wanted = {name: {"num_partitions": 4, "replication_factor": 1}}
    client.create_topics(wanted, wait_for_metadata=True)
    assert name in client.list_topics(), "listed"
    refused(TopicAlreadyExistsError, lambda: client.create_topics(wanted))
    defaults = context.unique("defaults")
    client.create_topics([defaults], wait_for_metadata=True)
    same(1, len(client.describe_topics([defaults])[0]["partitions"]), "default partitions")
    client.delete_topics([name])
    eventually("its end", lambda: name not in client.list_topics())
    client.close()


def _produce(acks, codec, context):
    name = topic(context)
    text = b"skerry " * 100
    wanted = [text + str(at).encode() for at in range(300)]
    settings = {"acks": acks, "compression_type": codec, "enable_idempotence": acks == "all", "linger_ms": 20}
    client = producer(context, **settings)
    told = send(client, name, wanted)
    client.close()
    if acks != 0:
        same(list(range(300)), [one.offset for one in told], "offsets")
    same(wanted, values(read_all(context, name, 300)), "records")


for _acks in [0, 1, "all"]:
    for _codec in CODECS:
        case(f"produce acks={_acks} {_codec or 'none'}")(functools.partial(_produce, _acks, _codec))


@case("headers")
def headers(context):
    name = topic(context)
    wanted = [("a", b"\x00\xff"), ("b", b"x"), ("a", b"")]
    sent(context, name, [b"v"], headers=wanted)
    same(wanted, [tuple(one) for one in read_all(context, name, 1)[0].headers], "headers in order")


@case("null keys and values")
def nulls(context):
    name = topic(context)
    client = producer(context)
    for key, value in [(None, b"v"), (b"k", None), (b"", b"")]:
        send(client, name, [value], key=key)
    client.close()
    got = [(record.key, record.value) for record in read_all(context, name, 3)]
    same([(None, b"v"), (b"k", None), (b"", b"")], got, "keys and values")


@case("timestamps")
def timestamps(context):
    name = topic(context)
    sent(context, name, [b"v"], timestamp_ms=1_600_000_000_123)
    got = read_all(context, name, 1)[0]
    same((0, 1_600_000_000_123), (got.timestamp_type, got.timestamp), "create time")


@case("consume from the earliest")
def earliest(context):
    name = topic(context)
    sent(context, name, numbered(0, 5))
    client = grouped(context, name)
    same(numbered(0, 5), values(poll(client, 5)), "records")
    client.close()


@case("consume from the latest")
def latest(context):
    name = topic(context)
    sent(context, name, numbered(0, 5))
    client = grouped(context, name, auto_offset_reset="latest")

    def positioned():
        client.poll(timeout_ms=POLL_MS)
        return client.assignment() and client.position(TopicPartition(name, 0)) == 5

    eventually("a position", lambda: positioned() or None)
    sent(context, name, numbered(5, 7))
    same(numbered(5, 7), values(poll(client, 2)), "records")
    client.close()


@case("consume from a timestamp")
def by_time(context):
    name = topic(context)
    part = TopicPartition(name, 0)
    for at in range(5):
        sent(context, name, [f"v{at}".encode()], timestamp_ms=1000 + at * 10)
    client = consumer(context)
    client.assign([part])
    found = client.offsets_for_times({part: 1015})[part]
    same((2, 1020), (found.offset, found.timestamp), "offset and time found for 1015")
    same(None, client.offsets_for_times({part: 1041})[part], "nothing after the last")
    same(({part: 0}, {part: 5}), (client.beginning_offsets([part]), client.end_offsets([part])), "beginning and end")
    client.seek(part, found.offset)
    same(numbered(2, 5), values(poll(client, 3)), "records")
    client.close()


class Member(threading.Thread):
    """A member of a group that is polled all the time, as members must be."""

    def __init__(self, context, name, **settings):
        super().__init__(daemon=True)
        self._client = grouped(context, name, **settings)
        self._ending = False
        self.got = []
        self.start()

    def run(self):
        while not self._ending:
            for records in self._client.poll(timeout_ms=POLL_MS).values():
                self.got.extend(records)
        self._client.close()

    def held(self):
        return set(self._client.assignment())

    def end(self):
        self._ending = True
        self.join(30)


def _rebalance(context, **settings):
    name = topic(context, 4)
    group = context.unique("group")
    one = Member(context, name, group_id=group, **settings)
    eventually("one to hold all", lambda: len(one.held()) == 4)
    two = Member(context, name, group_id=group, **settings)
    eventually("two each", lambda: len(one.held()) == len(two.held()) == 2)
    same(4, len(one.held() | two.held()), "partitions held by either")
    two.end()
    eventually("one to hold all again", lambda: len(one.held()) == 4)
    sent(context, name, numbered(0, 20))
    eventually("records after the rebalances", lambda: len(one.got) == 20)
    one.end()


case("two members rebalance")(_rebalance)
case("two members rebalance (sticky)")(
    lambda context: _rebalance(context, partition_assignment_strategy=[StickyPartitionAssignor])
)
case("two members rebalance (cooperative sticky)")(
    lambda context: _rebalance(context, partition_assignment_strategy=[CooperativeStickyAssignor])
)


@case("commit and resume")
def resume(context):
    name = topic(context)
    group = context.unique("group")
    part = TopicPartition(name, 0)
    sent(context, name, numbered(0, 10))
    first = grouped(context, name, group_id=group, max_poll_records=4)
    same(4, len(poll(first, 4)), "records of one poll")
    first.commit({part: OffsetAndMetadata(3, "three", -1)})
    told = first.committed(part, metadata=True)
    same((3, "three"), (told.offset, told.metadata), "committed offset and metadata")
    first.close()
    second = grouped(context, name, group_id=group)
    same(numbered(3, 10), values(poll(second, 7)), "records after the commit")
    second.commit()
    same(10, second.committed(part), "committed by position")
    second.close()


@case("auto commit")
def auto_commit(context):
    name = topic(context)
    group = context.unique("group")
    part = TopicPartition(name, 0)
    sent(context, name, numbered(0, 3))
    client = grouped(context, name, group_id=group, enable_auto_commit=True, auto_commit_interval_ms=50)
    poll(client, 3)
    client.close()
    asking = admin(context)
    same(3, asking.list_group_offsets({group: None})[group][part].offset, "committed on close")
    asking.close()


@case("idempotent produce")
def idempotent(context):
    name = topic(context)
    client = producer(context, enable_idempotence=True, batch_size=500, linger_ms=1)
    same(list(range(2000)), [one.offset for one in send(client, name, numbered(0, 2000))], "offsets")
    client.close()
    same(numbered(0, 2000), values(read_all(context, name, 2000)), "each once, in order")


@case("a message over the limit")
def too_large(context):
    name = topic(context)
    # Idempotent, kafka-python 3.0.12 goes on with a gap in its sequences, which Kafka refuses as well.
    client = producer(context, max_request_size=20_000_000, enable_idempotence=False)
    refused(MessageSizeTooLargeError, lambda: client.send(name, b"x" * 2_000_000).get(30))
    same(0, client.send(name, b"small").get(30).offset, "offset of the next")
    client.close()


@case("an unknown topic is created (auto creation on)")
def auto_on(context):
    name = context.unique("auto")
    sent(context, name, numbered(0, 3))
    same(numbered(0, 3), values(read_all(context, name, 3)), "records")


@case("an unknown topic stays unknown (auto creation off)")
def auto_off(context):
    name = context.unique("never")
    client = producer(context, max_block_ms=1000)
    refused(KafkaError, lambda: client.send(name, b"v").get(10))
    client.close()
    asking = admin(context)
    assert name not in asking.list_topics(), "it was created"
    asking.close()


def _comes_back(how, context):
    name = topic(context)
    out = producer(context)
    client = grouped(context, name)
    send(out, name, numbered(0, 5))
    same(numbered(0, 5), values(poll(client, 5)), "before")
    client.commit()
    context.ask(how)
    if how == "kill9":
        context.ask("restart")
    send(out, name, numbered(5, 10))
    same(numbered(5, 10), values(poll(client, 5)), "after")
    out.close()
    client.close()
    same(numbered(0, 10), values(read_all(context, name, 10)), "all of it")


for _how in ["restart", "kill9"]:
    case(f"the broker goes and comes back ({_how})")(functools.partial(_comes_back, _how))


@case("idempotent produce over kill -9 writes each message once")
def idempotent_kill(context):
    name = topic(context)
    client = producer(context, enable_idempotence=True, batch_size=200, linger_ms=1)
    send(client, name, numbered(0, 50))
    futures = [client.send(name, value) for value in numbered(50, 100)]
    context.ask("kill9")
    futures += [client.send(name, value) for value in numbered(100, 150)]
    context.ask("restart")
    for future in futures:
        future.get(60)
    client.close()
    same(numbered(0, 150), values(read_all(context, name, 150)), "records")


@case("an offset out of range is told, or reset")
def out_of_range(context):
    name = topic(context)
    part = TopicPartition(name, 0)
    sent(context, name, numbered(0, 3))
    strict = consumer(context, auto_offset_reset="none")
    strict.assign([part])
    strict.seek(part, 100)
    refused(OffsetOutOfRangeError, lambda: poll(strict, 1))
    strict.close()
    lenient = consumer(context)
    lenient.assign([part])
    lenient.seek(part, 100)
    same(numbered(0, 3), values(poll(lenient, 3)), "from the beginning again")
    lenient.close()


@case("pause, resume and seek")
def pause(context):
    name = topic(context, 2)
    both = [TopicPartition(name, at) for at in range(2)]
    for at in range(6):
        sent(context, name, [f"v{at}".encode()], partition=at % 2)
    client = consumer(context)
    client.assign(both)
    client.pause(both[0])
    same([b"v1", b"v3", b"v5"], values(poll(client, 3)), "the running partition")
    client.resume(both[0])
    same([b"v0", b"v2", b"v4"], values(poll(client, 3)), "the paused one")
    client.seek(both[1], 2)
    same([b"v5"], values(poll(client, 1)), "after the seek")
    client.close()


@case("a fetch returns a whole batch over its limits (KIP-74)")
def whole_batch(context):
    name = topic(context)
    client = producer(context, linger_ms=50, batch_size=100_000)
    send(client, name, [b"x" * 4000] * 20)
    client.close()
    same(20, len(read_all(context, name, 20, max_partition_fetch_bytes=100, fetch_max_bytes=100)), "records")


@case("an empty partition is read without complaint")
def empty(context):
    name = topic(context)
    client = consumer(context)
    client.assign([TopicPartition(name, 0)])
    for _ in range(5):
        same({}, client.poll(timeout_ms=50), "records")
    client.close()


@case("many messages over many partitions")
def many(context):
    name = topic(context, 12)
    client = producer(context, linger_ms=5)
    for at in range(3000):
        client.send(name, f"v{at}".encode(), partition=at % 12)
    client.flush()
    client.close()
    got = read_all(context, name, 3000, 12, max_partition_fetch_bytes=8000)
    same(3000, len(set(values(got))), "distinct messages")
    offsets = {}
    for record in got:
        same(offsets.get(record.partition, 0), record.offset, "offset")
        offsets[record.partition] = record.offset + 1


@case("admin: groups are listed and described, their offsets read and set")
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


main()
