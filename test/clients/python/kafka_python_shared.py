"""What kafka-python does alike in its second and its third major version; the cases of either run with these."""

import functools
import threading
import time

import kafka
from harness import case, eventually, lately, numbered, refused, same
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata
from kafka import TopicPartition
from kafka.admin import NewTopic
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    OffsetMetadataTooLargeError,
    OffsetOutOfRangeError,
    for_code,
)

CODECS = [None, "gzip", "snappy", "lz4", "zstd"]
# A batch of one record without key and headers: what is not its value, where the lengths take three bytes each.
BATCH_OVERHEAD = 61 + 11
MESSAGE_BYTES_MAX = 1_048_588
# The third's NewTopic is on its way out, and its answers are raised.
SECOND = kafka.__version__.startswith("2.")

def producer(context, **settings):
    # The second version has acks=1 by default, whose answer may come before anybody can read the record.
    common = {"bootstrap_servers": context.bootstrap, "reconnect_backoff_max_ms": 200, "acks": "all"}
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


def create(client, name, partitions=1, **config):
    settings = {key.replace("_", "."): str(value) for key, value in config.items()}
    if SECOND:
        answer = client.create_topics([NewTopic(name, partitions, 1, topic_configs=settings)])
        for _topic, code, *_rest in answer.topic_errors:
            if code:
                raise for_code(code)
    else:
        client.create_topics({name: {"num_partitions": partitions, "replication_factor": 1, "configs": settings}})


def parts(name, count=1):
    return [TopicPartition(name, at) for at in range(count)]


def topic(context, partitions=1, **config):
    name = context.unique("topic")
    client = admin(context)
    create(client, name, partitions, **config)
    client.close()
    # Metadata may run ahead of the partitions for a moment: offsets are answered by those that are led.
    asking = consumer(context)
    eventually("every partition to be led", lambda: _led(asking, parts(name, partitions)))
    asking.close()
    return name


def _led(client, wanted):
    try:
        return client.end_offsets(wanted) is not None
    except KafkaError:
        return None


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


# A poll that ends while a SyncGroup is on its way loses the assignment for good: a bug of kafka-python 3.0.12. So polls
# are long; they end as soon as there are records.
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


def _produce(acks, codec, context):
    name = topic(context)
    text = b"skerry " * 100
    wanted = [text + str(at).encode() for at in range(300)]
    settings = {"acks": acks, "compression_type": codec, "enable_idempotence": acks == "all", "linger_ms": 20}
    client = producer(context, **settings)
    told = send(client, name, wanted)
    if SECOND and acks == 0:
        # Version 2.3.3 keeps what is not answered in its buffer until it has something else to send.
        client.partitions_for(topic(context))
    client.close()
    if acks != 0:
        same(list(range(300)), [one.offset for one in told], "offsets")
    same(wanted, values(read_all(context, name, 300)), "records")


for _acks in [0, 1, "all"]:
    for _codec in CODECS:
        case(f"compression: {_codec or 'none'} with acks={_acks}")(functools.partial(_produce, _acks, _codec))


@case("headers: their order, doubles and empty values")
def headers(context):
    name = topic(context)
    wanted = [("a", b"\x00\xff"), ("b", b"x"), ("a", b"")]
    sent(context, name, [b"v"], headers=wanted)
    same(wanted, [tuple(one) for one in read_all(context, name, 1)[0].headers], "headers in order")


@case("produce: null keys and values")
def nulls(context):
    name = topic(context)
    client = producer(context)
    for key, value in [(None, b"v"), (b"k", None), (b"", b"")]:
        send(client, name, [value], key=key)
    client.close()
    got = [(record.key, record.value) for record in read_all(context, name, 3)]
    same([(None, b"v"), (b"k", None), (b"", b"")], got, "keys and values")


@case("timestamps: those of the producer")
def timestamps(context):
    name = topic(context)
    then = lately() + 123
    sent(context, name, [b"v"], timestamp_ms=then)
    got = read_all(context, name, 1)[0]
    same((0, then), (got.timestamp_type, got.timestamp), "create time")


@case("consume: from the earliest")
def earliest(context):
    name = topic(context)
    sent(context, name, numbered(0, 5))
    client = grouped(context, name)
    same(numbered(0, 5), values(poll(client, 5)), "records")
    client.close()


@case("consume: from the latest")
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


@case("timestamps: offsets are found by time")
def by_time(context):
    name = topic(context)
    part = TopicPartition(name, 0)
    start = lately()
    for at in range(5):
        sent(context, name, [f"v{at}".encode()], timestamp_ms=start + at * 10)
    client = consumer(context)
    client.assign([part])
    found = client.offsets_for_times({part: start + 15})[part]
    same((2, start + 20), (found.offset, found.timestamp), "offset and time found for 15 ms")
    same(None, client.offsets_for_times({part: start + 41})[part], "nothing after the last")
    same(({part: 0}, {part: 5}), (client.beginning_offsets([part]), client.end_offsets([part])), "beginning and end")
    client.seek(part, found.offset)
    same(numbered(2, 5), values(poll(client, 3)), "records")
    client.close()


class Member(ConsumerRebalanceListener, threading.Thread):
    """A member of a group that is polled all the time, as members must be."""

    def __init__(self, context, name, pattern=None, **settings):
        threading.Thread.__init__(self, daemon=True)
        self._client = consumer(context, **{"group_id": context.unique("group"), **settings})
        self._client.subscribe([] if name is None else [name], pattern=pattern, listener=self)
        self._ending = False
        self.told = []
        self.got = []
        self.start()

    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        self.told.append(set(assigned))

    def run(self):
        while not self._ending:
            try:
                polled = self._client.poll(timeout_ms=POLL_MS)
            except KafkaConnectionError:
                # The third version tells the caller that the coordinator is away; the next poll looks for it again.
                continue
            for records in polled.values():
                self.got.extend(records)
        self._client.close()

    def held(self):
        return set(self._client.assignment())

    def end(self):
        self._ending = True
        self.join(30)


def rebalance(assignor, context):
    name = topic(context, 4)
    settings = {"group_id": context.unique("group"), "partition_assignment_strategy": [assignor]}
    one = Member(context, name, **settings)
    eventually("one to hold all", lambda: len(one.held()) == 4)
    two = Member(context, name, **settings)
    eventually("two each", lambda: len(one.held()) == len(two.held()) == 2)
    same(4, len(one.held() | two.held()), "partitions held by either")
    two.end()
    eventually("one to hold all again", lambda: len(one.held()) == 4)
    sent(context, name, numbered(0, 20))
    eventually("records after the rebalances", lambda: len(one.got) == 20)
    one.end()


for _one in [RangePartitionAssignor, RoundRobinPartitionAssignor, StickyPartitionAssignor]:
    case(f"group: two members rebalance ({_one.name})")(functools.partial(rebalance, _one))


@case("group: a pattern takes topics that come later")
def pattern(context):
    prefix = context.unique("pattern")
    first, second = f"{prefix}-first", f"{prefix}-second"
    client = admin(context)
    create(client, first)
    member = Member(context, None, pattern=f"^{prefix}-.*", metadata_max_age_ms=100)
    eventually("the first topic", lambda: member.held() == set(parts(first)))
    create(client, second, 2)
    eventually("the second topic", lambda: member.held() == {*parts(first), *parts(second, 2)})
    client.close()
    sent(context, second, numbered(0, 3), partition=1)
    eventually("records of the second", lambda: values(member.got) == numbered(0, 3))
    member.end()


@case("static membership: comes back to its partition, and nobody rebalances")
def static(context):
    name = topic(context, 2)
    settings = {"group_id": context.unique("static"), "session_timeout_ms": 30_000}
    one = Member(context, name, group_instance_id="one", **settings)
    two = Member(context, name, group_instance_id="two", **settings)
    # Told, not only assigned: the listener is called a moment later.
    eventually("one each", lambda: len(two.held()) == 1 and [len(held) for held in one.told[-1:]] == [1])
    held, rebalances = two.held(), len(one.told)
    two.end()
    again = Member(context, name, group_instance_id="two", **settings)
    eventually("its partition again", lambda: again.held() == held)
    sent(context, name, [b"v"], partition=next(iter(held)).partition)
    eventually("its record", lambda: values(again.got) == [b"v"])
    same(rebalances, len(one.told), "rebalances of the other")
    for member in (one, again):
        member.end()
@case("commit: offsets with metadata, and the next one goes on there")
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


@case("commit: by itself")
def auto_commit(context):
    name = topic(context)
    group = context.unique("group")
    part = TopicPartition(name, 0)
    sent(context, name, numbered(0, 3))
    client = grouped(context, name, group_id=group, enable_auto_commit=True, auto_commit_interval_ms=50)
    poll(client, 3)
    client.close()
    asking = consumer(context, group_id=group)
    same(3, asking.committed(part), "committed on close")
    asking.close()


@case("idempotence: many in flight, each once, in order")
def idempotent(context):
    name = topic(context)
    client = producer(context, enable_idempotence=True, batch_size=500, linger_ms=1)
    same(list(range(2000)), [one.offset for one in send(client, name, numbered(0, 2000))], "offsets")
    client.close()
    same(numbered(0, 2000), values(read_all(context, name, 2000)), "each once, in order")


@case("large: a message over the limit is refused, the next passes")
def too_large(context):
    name = topic(context)
    # Idempotent, kafka-python 3.0.12 goes on with a gap in its sequences, which Kafka refuses as well.
    client = producer(context, max_request_size=20_000_000, enable_idempotence=False)
    refused(MessageSizeTooLargeError, lambda: client.send(name, b"x" * 2_000_000).get(30))
    same(0, client.send(name, b"small").get(30).offset, "offset of the next")
    client.close()


@case("produce: an unknown topic is created (auto creation on)")
def auto_on(context):
    name = context.unique("auto")
    sent(context, name, numbered(0, 3))
    same(numbered(0, 3), values(read_all(context, name, 3)), "records")


@case("produce: an unknown topic stays unknown (auto creation off)")
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
    case(f"restart: the broker goes and comes back ({_how})")(functools.partial(_comes_back, _how))


@case("idempotence: kill -9 under a producer, and each message is there once")
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


@case("seek: an offset out of range is told, or reset")
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


@case("seek: to an offset, with pause and resume")
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


@case("consume: a batch over the limits of a fetch comes whole (KIP-74)")
def whole_batch(context):
    name = topic(context)
    client = producer(context, linger_ms=50, batch_size=100_000)
    send(client, name, [b"x" * 4000] * 20)
    client.close()
    same(20, len(read_all(context, name, 20, max_partition_fetch_bytes=100, fetch_max_bytes=100)), "records")


@case("consume: an empty partition, without complaint")
def empty(context):
    name = topic(context)
    client = consumer(context)
    client.assign([TopicPartition(name, 0)])
    for _ in range(5):
        same({}, client.poll(timeout_ms=50), "records")
    client.close()


@case("consume: many messages over many partitions")
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


@case("produce: keys go where the Java client sends them")
def keys(context):
    name = topic(context, 8)
    # What murmur2 makes of them, as Kafka's own client counts.
    wanted = {b"21": 4, b"foobar": 6, b"abc": 3, b"a-little-bit-long-string": 0}
    client = producer(context)
    same(wanted, {key: send(client, name, [b"v"], key=key)[0].partition for key in wanted}, "partitions told")
    client.close()
    got = read_all(context, name, 4, 8)
    same(wanted, {record.key: record.partition for record in got}, "partitions")


@case("timestamps: a topic that stamps by itself")
def append_time(context):
    name = topic(context, message_timestamp_type="LogAppendTime")
    before = time.time()
    sent(context, name, [b"v"], timestamp_ms=lately())
    (got,) = read_all(context, name, 1)
    same(1, got.timestamp_type, "append time")
    assert before - 1 <= got.timestamp / 1000 <= time.time() + 1, got.timestamp


def _topic_codec(codec, context):
    name = topic(context, compression_type=codec)
    wanted = [b"skerry " * 100 + str(at).encode() for at in range(100)]
    client = producer(context, compression_type="gzip", linger_ms=20)
    send(client, name, wanted)
    client.close()
    same(wanted, values(read_all(context, name, 100)), "records")


for _codec in ["uncompressed", "snappy", "lz4", "zstd"]:
    case(f"compression: gzip into a topic of {_codec}")(functools.partial(_topic_codec, _codec))


@case("seek: to the beginning, the end and what is committed")
def seeks(context):
    name = topic(context)
    (part,) = parts(name)
    sent(context, name, numbered(0, 10))
    client = consumer(context, group_id=context.unique("group"))
    client.assign([part])
    client.commit({part: OffsetAndMetadata(4, "", -1)})
    same(numbered(4, 10), values(poll(client, 6)), "from the committed")
    client.seek_to_beginning(part)
    same(0, client.position(part), "the beginning")
    client.seek_to_end(part)
    same(10, client.position(part), "the end")
    client.seek(part, 7)
    same(numbered(7, 10), values(poll(client, 3)), "from 7")
    same(10, client.highwater(part), "high watermark")
    client.close()


@case("commit: without waiting, with a word when it is done")
def commit_async(context):
    name = topic(context)
    (part,) = parts(name)
    sent(context, name, numbered(0, 3))
    client = grouped(context, name)
    poll(client, 3)
    told = []
    client.commit_async(callback=lambda offsets, answer: told.append((offsets[part].offset, answer)))

    def step():
        client.poll(timeout_ms=100)
        return told or None

    eventually("the word", step)
    same(3, told[0][0], "offset told")
    assert not isinstance(told[0][1], Exception), told
    same(3, client.committed(part), "committed")
    client.close()


@case("commit: metadata over the limit is refused")
def long_metadata(context):
    name = topic(context)
    (part,) = parts(name)
    client = consumer(context, group_id=context.unique("group"))
    client.assign([part])
    client.commit({part: OffsetAndMetadata(0, "m" * 4096, -1)})
    error = OffsetMetadataTooLargeError
    refused(error, lambda: client.commit({part: OffsetAndMetadata(0, "m" * 4097, -1)}))
    client.close()


@case("large: a batch of the very limit passes, a byte more is refused")
def limit(context):
    name = topic(context)
    most = MESSAGE_BYTES_MAX - BATCH_OVERHEAD
    client = producer(context, max_request_size=20_000_000, enable_idempotence=False)
    same(0, client.send(name, b"x" * most).get(30).offset, "offset at the limit")
    refused(MessageSizeTooLargeError, lambda: client.send(name, b"x" * (most + 1)).get(30))
    client.close()
    same(most, len(read_all(context, name, 1)[0].value), "size")


@case("restart: a running idempotent producer and a group lose and double nothing (kill9)")
def running(context):
    name = topic(context)
    out = producer(context, enable_idempotence=True, linger_ms=1)
    member = Member(context, name)
    futures, going = [], True

    def produce():
        while going:
            futures.append(out.send(name, f"v{len(futures)}".encode()))
            time.sleep(0.002)

    thread = threading.Thread(target=produce, daemon=True)
    thread.start()
    eventually("something to be read", lambda: len(member.got) > 50)
    context.ask("kill9")
    context.ask("restart")
    before = len(member.got)
    eventually("more to be read", lambda: len(member.got) > before + 50, 90)
    going = False
    thread.join(30)
    for future in futures:
        future.get(60)
    out.close()
    wanted = numbered(0, len(futures))
    eventually("the rest of it", lambda: len(member.got) >= len(futures))
    member.end()
    same(wanted, values(member.got), "what the group read")
    same(wanted, values(read_all(context, name, len(futures))), "what there is")


@case("admin records: deleted before an offset, and before the end")
def records(context):
    name = topic(context)
    (part,) = parts(name)
    sent(context, name, numbered(0, 10))
    client = admin(context)
    same(4, client.delete_records({part: 4})[part]["low_watermark"], "low watermark")
    same(numbered(4, 10), values(read_all(context, name, 6)), "records left")
    refused(OffsetOutOfRangeError, lambda: client.delete_records({part: 11}))
    same(10, client.delete_records({part: -1})[part]["low_watermark"], "low watermark")
    client.close()
