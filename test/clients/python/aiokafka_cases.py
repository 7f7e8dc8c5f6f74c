"""Cases of aiokafka, whose groups, fetches and retries run in tasks beside those of the caller."""

import asyncio
import functools
import inspect
import time

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import (
    CommitFailedError,
    InvalidPartitionsError,
    KafkaError,
    MessageSizeTooLargeError,
    OffsetMetadataTooLargeError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.structs import OffsetAndMetadata
from harness import case, lately, main, numbered, same

CODECS = [None, "gzip", "snappy", "lz4", "zstd"]
# A batch of one record without key and headers: what is not its value, where the lengths take three bytes each.
BATCH_OVERHEAD = 61 + 11
MESSAGE_BYTES_MAX = 1_048_588


def scenario(name):
    """A case that is a coroutine, with an event loop of its own."""

    def register(body):
        case(name)(lambda context: asyncio.run(asyncio.wait_for(body(context), 180)))
        return body

    return register


async def until(what, attempt, seconds=30):
    """Polls until `attempt`, a coroutine or not, returns something that is not None or False."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = attempt()
        found = await found if inspect.isawaitable(found) else found
        if found is not None and found is not False:
            return found
        await asyncio.sleep(0.005)
    raise AssertionError(f"not within {seconds} s: {what}")


async def refused(kind, action):
    """The error of `kind` that the coroutine must raise."""
    try:
        await action
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, got no error")


def producer(context, **settings):
    # By default it has acks=1, whose answer may come before anybody can read the record.
    common = {"bootstrap_servers": context.bootstrap, "retry_backoff_ms": 50, "acks": "all"}
    return AIOKafkaProducer(**{**common, **settings})


def consumer(context, *topics, **settings):
    common = {
        "bootstrap_servers": context.bootstrap,
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "heartbeat_interval_ms": 100,
        "retry_backoff_ms": 50,
        "fetch_max_wait_ms": 100,
    }
    return AIOKafkaConsumer(*topics, **{**common, **settings})


def grouped(context, name, **settings):
    return consumer(context, name, **{"group_id": context.unique("group"), **settings})


class Admin(AIOKafkaAdminClient):
    """The admin client, closed at the end of `async with`."""

    def __init__(self, context):
        super().__init__(bootstrap_servers=context.bootstrap)

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.close()


def answered(response):
    """The answer, which this client leaves to its caller to look into: its first error is raised."""
    for _topic, code, *_rest in response.topic_errors:
        if code:
            raise for_code(code)
    return response


async def topic(context, partitions=1, **config):
    name = context.unique("topic")
    settings = {key.replace("_", "."): str(value) for key, value in config.items()}
    async with Admin(context) as admin:
        answered(await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=settings)]))
    # Metadata may run ahead of the partitions for a moment: offsets are answered by those that are led.
    async with consumer(context) as asking:
        await asking.end_offsets(parts(name, partitions))
    return name


def parts(name, count=1):
    return [TopicPartition(name, at) for at in range(count)]


async def send(out, name, values, **fields):
    return await asyncio.gather(*[await out.send(name, value, **fields) for value in values])


async def sent(context, name, values, *, settings=None, **fields):
    async with producer(context, **(settings or {})) as out:
        return await send(out, name, values, **fields)


async def take(client, wanted, seconds=30):
    got = []

    async def step():
        for records in (await client.getmany(timeout_ms=100)).values():
            got.extend(records)
        return len(got) >= wanted

    await until(f"{wanted} messages", step, seconds)
    return got


async def read_all(context, name, wanted, partitions=1, **settings):
    async with consumer(context, **settings) as client:
        client.assign(parts(name, partitions))
        return await take(client, wanted)


def values(records):
    return [record.value for record in records]


@scenario(f"connect: nodes and partitions are told (aiokafka {aiokafka.__version__})")
async def metadata(context):
    name = await topic(context, 3)
    async with Admin(context) as admin:
        cluster = await admin.describe_cluster()
        (node,) = cluster["brokers"]
        same(context.bootstrap, f"{node['host']}:{node['port']}", "address")
        same(node["node_id"], cluster["controller_id"], "controller")
        (told,) = await admin.describe_topics([name])
        same([0, 1, 2], sorted(one["partition"] for one in told["partitions"]), "partitions")
        same({node["node_id"]}, {one["leader"] for one in told["partitions"]}, "leaders")
    async with consumer(context) as client:
        assert name in await client.topics(), "not listed"
    async with producer(context) as out:
        same({0, 1, 2}, set(await out.partitions_for(name)), "partitions for the producer")


async def _acks(acks, context):
    name = await topic(context)
    told = await sent(context, name, numbered(0, 300), settings={"acks": acks, "linger_ms": 5})
    if acks != 0:
        same(list(range(300)), [one.offset for one in told], "offsets")
    same(numbered(0, 300), values(await read_all(context, name, 300)), "records")


for _one in [0, 1, "all"]:
    scenario(f"produce: acks={_one}")(functools.partial(_acks, _one))


@scenario("produce: keys go where the Java client sends them, and null keys and values pass")
async def keys(context):
    name = await topic(context, 8)
    # What murmur2 makes of them, as Kafka's own client counts.
    wanted = {b"21": 4, b"foobar": 6, b"abc": 3, b"a-little-bit-long-string": 0}
    async with producer(context) as out:
        for key in wanted:
            await out.send_and_wait(name, b"v", key=key)
        await out.send_and_wait(name, b"no key", partition=3)
        await out.send_and_wait(name, None, key=b"no value", partition=4)
    got = await read_all(context, name, 6, 8)
    same(wanted, {record.key: record.partition for record in got if record.value == b"v"}, "partitions of the keys")
    others = {(record.key, record.value, record.partition) for record in got if record.value != b"v"}
    same({(None, b"no key", 3), (b"no value", None, 4)}, others, "nulls")


@scenario("produce: batches built by hand, and sizes in the metadata of records")
async def batches(context):
    name = await topic(context, 2)
    async with producer(context) as out:
        batch = out.create_batch()
        for value in numbered(0, 5):
            assert batch.append(key=b"k", value=value, timestamp=lately()) is not None, "it is full"
        batch.close()
        told = await (await out.send_batch(batch, name, partition=1))
        same((1, 0), (told.partition, told.offset), "where it went")
    async with consumer(context) as client:
        client.assign(parts(name, 2))
        got = await take(client, 5)
    same(numbered(0, 5), values(got), "records")
    same({(1, 1, 2)}, {(one.partition, one.serialized_key_size, one.serialized_value_size) for one in got}, "sizes")


@scenario("produce: an unknown topic is created (auto creation on)")
async def auto_on(context):
    name = context.unique("auto")
    await sent(context, name, numbered(0, 3))
    same(numbered(0, 3), values(await read_all(context, name, 3)), "records")


@scenario("produce: an unknown topic stays unknown (auto creation off)")
async def auto_off(context):
    name = context.unique("never")
    async with producer(context, request_timeout_ms=1000) as out:
        await refused(KafkaError, out.send_and_wait(name, b"v"))
    async with Admin(context) as admin:
        assert name not in await admin.list_topics(), "it was created"


async def _codec(codec, idempotent, context):
    name = await topic(context)
    wanted = [b"skerry " * 100 + str(at).encode() for at in range(300)]
    settings = {"compression_type": codec, "linger_ms": 20, "enable_idempotence": idempotent}
    await sent(context, name, wanted, settings=settings)
    same(wanted, values(await read_all(context, name, 300)), "records")


for _one in CODECS:
    for _how in [False, True]:
        _detail = f"{_one or 'none'}{', idempotent' if _how else ''}"
        scenario(f"compression: {_detail}")(functools.partial(_codec, _one, _how))


async def _topic_codec(codec, context):
    name = await topic(context, compression_type=codec)
    wanted = [b"skerry " * 100 + str(at).encode() for at in range(100)]
    await sent(context, name, wanted, settings={"compression_type": "gzip", "linger_ms": 20})
    same(wanted, values(await read_all(context, name, 100)), "records")


for _one in ["uncompressed", "snappy", "lz4", "zstd"]:
    scenario(f"compression: gzip into a topic of {_one}")(functools.partial(_topic_codec, _one))


@scenario("headers: their order, doubles, empty and null values")
async def headers(context):
    name = await topic(context)
    wanted = [("a", b"\x00\xff"), ("b", None), ("a", b""), ("ä", b"utf-8")]
    await sent(context, name, [b"v"], headers=wanted)
    (got,) = await read_all(context, name, 1)
    same(wanted, list(got.headers), "headers")


@scenario("timestamps: those of the producer, those of a topic that stamps by itself")
async def timestamps(context):
    name = await topic(context)
    then = lately() + 123
    (told,) = await sent(context, name, [b"v"], timestamp_ms=then)
    same((then, 0), (told.timestamp, told.timestamp_type), "told to the producer")
    (got,) = await read_all(context, name, 1)
    same((then, 0), (got.timestamp, got.timestamp_type), "create time")
    stamped = await topic(context, message_timestamp_type="LogAppendTime")
    before = int(time.time() * 1000)
    (told,) = await sent(context, stamped, [b"v"], timestamp_ms=then)
    (got,) = await read_all(context, stamped, 1)
    same(1, got.timestamp_type, "append time")
    assert before - 1000 <= got.timestamp <= time.time() * 1000 + 1000, got.timestamp
    same((got.timestamp, 1), (told.timestamp, told.timestamp_type), "told to the producer")


@scenario("timestamps: offsets are found by time")
async def by_time(context):
    name = await topic(context, 2)
    first, second = parts(name, 2)
    start = lately()
    async with producer(context) as out:
        for at in range(5):
            await out.send_and_wait(name, b"v%d" % at, partition=0, timestamp_ms=start + at * 10)
    async with consumer(context) as client:
        client.assign([first])
        found = await client.offsets_for_times({first: start + 15, second: 1})
        same((2, start + 20), (found[first].offset, found[first].timestamp), "found for 15 ms")
        same(None, found[second], "nothing in an empty partition")
        same({first: None}, await client.offsets_for_times({first: start + 41}), "nothing after the last")
        same({first: 0, second: 0}, await client.beginning_offsets([first, second]), "beginning")
        same({first: 5, second: 0}, await client.end_offsets([first, second]), "end")
        client.seek(first, 2)
        same(numbered(2, 5), values(await take(client, 3)), "records from there")


@scenario("idempotence: many in flight, each once, in order")
async def idempotent(context):
    name = await topic(context)
    settings = {"enable_idempotence": True, "max_batch_size": 500}
    told = await sent(context, name, numbered(0, 2000), settings=settings)
    same(list(range(2000)), [one.offset for one in told], "offsets")
    same(numbered(0, 2000), values(await read_all(context, name, 2000)), "records")


@scenario("consume: from the earliest and from the latest")
async def earliest_latest(context):
    name = await topic(context)
    await sent(context, name, numbered(0, 5))
    async with grouped(context, name) as client:
        same(numbered(0, 5), values(await take(client, 5)), "from the earliest")
    async with grouped(context, name, auto_offset_reset="latest") as client:
        (part,) = parts(name)
        await until("its partition", lambda: client.assignment() == {part})
        same(5, await client.position(part), "position")
        await sent(context, name, numbered(5, 7))
        same(numbered(5, 7), values(await take(client, 2)), "from the latest")


@scenario("consume: many messages over many partitions, some at a time")
async def many(context):
    name = await topic(context, 12)
    async with producer(context, linger_ms=5) as out:
        await asyncio.gather(*[await out.send(name, b"v%d" % at, partition=at % 12) for at in range(3000)])
    got = []
    async with consumer(context, max_partition_fetch_bytes=4000, max_poll_records=50) as client:
        client.assign(parts(name, 12))
        while len(got) < 3000:
            records = [one for some in (await client.getmany(timeout_ms=5000)).values() for one in some]
            assert 0 < len(records) <= 50, f"{len(records)} records of one call"
            got.extend(records)
    same(3000, len(set(values(got))), "distinct messages")
    offsets = {}
    for record in got:
        same(offsets.get(record.partition, 0), record.offset, "offset")
        offsets[record.partition] = record.offset + 1


@scenario("consume: one by one, with the ends that are told beside them")
async def one_by_one(context):
    name = await topic(context)
    (part,) = parts(name)
    await sent(context, name, numbered(0, 5))
    async with consumer(context, isolation_level="read_committed", client_rack="a rack") as client:
        client.assign([part])
        same(numbered(0, 2), [(await client.getone(part)).value for _ in range(2)], "records")
        same(5, client.highwater(part), "high watermark")
        same(5, client.last_stable_offset(part), "last stable offset")
        got = []
        async for record in client:
            got.append(record.value)
            if len(got) == 3:
                break
        same(numbered(2, 5), got, "the rest of them")


@scenario("consume: a batch over the limits of a fetch comes whole (KIP-74)")
async def whole_batch(context):
    name = await topic(context)
    await sent(context, name, [b"x" * 4000] * 20, settings={"linger_ms": 50, "max_batch_size": 100_000})
    limits = {"max_partition_fetch_bytes": 100, "fetch_max_bytes": 100}
    same(20, len(await read_all(context, name, 20, **limits)), "records")


@scenario("consume: a fetch waits for its bytes")
async def fetch_waits(context):
    name = await topic(context)
    async with consumer(context, fetch_min_bytes=100_000, fetch_max_wait_ms=30_000) as client:
        client.assign(parts(name))
        await sent(context, name, [b"small"])
        same({}, await client.getmany(timeout_ms=300), "records while there are few bytes")
        await sent(context, name, [b"x" * 200_000])
        started = time.monotonic()
        same([5, 200_000], [len(value) for value in values(await take(client, 2))], "sizes")
        assert time.monotonic() - started < 20, "the fetch waited for its time"


@scenario("seek: to the beginning, the end, what is committed, and any offset")
async def seeks(context):
    name = await topic(context)
    (part,) = parts(name)
    await sent(context, name, numbered(0, 10))
    async with grouped(context, name) as client:
        await take(client, 10)
        await client.commit({part: 4})
        client.seek(part, 7)
        same(numbered(7, 10), values(await take(client, 3)), "from 7")
        await client.seek_to_beginning(part)
        same(0, await client.position(part), "the beginning")
        await client.seek_to_end(part)
        same(10, await client.position(part), "the end")
        same({part: 4}, await client.seek_to_committed(part), "the committed")
        same(numbered(4, 10), values(await take(client, 6)), "from 4")


@scenario("seek: an offset out of range is told, or reset")
async def out_of_range(context):
    name = await topic(context)
    (part,) = parts(name)
    await sent(context, name, numbered(0, 3))
    async with consumer(context, auto_offset_reset="none") as strict:
        strict.assign([part])
        strict.seek(part, 100)
        await refused(OffsetOutOfRangeError, take(strict, 1))
    async with consumer(context) as lenient:
        lenient.assign([part])
        lenient.seek(part, 100)
        same(numbered(0, 3), values(await take(lenient, 3)), "from the beginning again")


@scenario("seek: pause and resume")
async def pause(context):
    name = await topic(context, 2)
    first, second = parts(name, 2)
    async with producer(context) as out:
        for at in range(6):
            await out.send_and_wait(name, b"v%d" % at, partition=at % 2)
    async with consumer(context) as client:
        client.assign([first, second])
        client.pause(first)
        same([b"v1", b"v3", b"v5"], values(await take(client, 3)), "the running partition")
        same({first}, client.paused(), "paused")
        client.resume(first)
        same([b"v0", b"v2", b"v4"], values(await take(client, 3)), "the paused one")


class Told(ConsumerRebalanceListener):
    """What a member was told of its partitions."""

    def __init__(self):
        self.assigned, self.revoked = [], []

    def on_partitions_revoked(self, revoked):
        self.revoked.append(set(revoked))

    def on_partitions_assigned(self, assigned):
        self.assigned.append(set(assigned))


async def _balance(assignor, context):
    name = await topic(context, 4)
    told = Told()
    settings = {"group_id": context.unique("group"), "partition_assignment_strategy": [assignor]}
    async with consumer(context, **settings) as one:
        one.subscribe([name], listener=told)
        await until("one to hold all", lambda: len(one.assignment()) == 4)
        async with consumer(context, name, **settings) as two:
            await until("two each", lambda: len(one.assignment()) == len(two.assignment()) == 2)
            same(set(parts(name, 4)), one.assignment() | two.assignment(), "partitions held by either")
        await until("one to hold all again", lambda: len(one.assignment()) == 4)
        await sent(context, name, numbered(0, 20))
        same(sorted(numbered(0, 20)), sorted(values(await take(one, 20))), "records after the rebalances")
        same([4, 2, 4], [len(held) for held in told.assigned], "assignments told")


for _one in [RangePartitionAssignor, RoundRobinPartitionAssignor, StickyPartitionAssignor]:
    scenario(f"group: two members rebalance ({_one.name})")(functools.partial(_balance, _one))


@scenario("group: members of several kinds agree on what all of them know")
async def agree(context):
    name = await topic(context, 2)
    group = context.unique("group")
    both = [StickyPartitionAssignor, RangePartitionAssignor]
    async with grouped(context, name, group_id=group, partition_assignment_strategy=both) as one:
        await until("one to hold all", lambda: len(one.assignment()) == 2)
        other = {"group_id": group, "partition_assignment_strategy": [RangePartitionAssignor]}
        async with grouped(context, name, **other) as two:
            await until("one each", lambda: len(one.assignment()) == len(two.assignment()) == 1)


@scenario("group: a pattern takes topics that come later, and partitions that are added")
async def pattern(context):
    prefix = context.unique("pattern")
    first, second = f"{prefix}-first", f"{prefix}-second"
    group = context.unique("group")
    async with Admin(context) as admin:
        answered(await admin.create_topics([NewTopic(first, 1, 1)]))
        async with consumer(context, group_id=group, metadata_max_age_ms=100) as client:
            client.subscribe(pattern=f"^{prefix}-.*")
            await until("the first topic", lambda: client.assignment() == set(parts(first)))
            answered(await admin.create_topics([NewTopic(second, 2, 1)]))
            wanted = {*parts(first), *parts(second, 2)}
            await until("the second topic", lambda: client.assignment() == wanted)
            await admin.create_partitions({first: NewPartitions(3)})
            wanted = {*parts(first, 3), *parts(second, 2)}
            await until("the partitions that were added", lambda: client.assignment() == wanted)
            await sent(context, second, numbered(0, 3), partition=1)
            same(numbered(0, 3), values(await take(client, 3)), "records")


@scenario("group: a member that stops heartbeating loses its partitions")
async def lost_member(context):
    name = await topic(context, 2)
    group = context.unique("group")
    quick = {"group_id": group, "session_timeout_ms": 6000}
    async with grouped(context, name, **quick) as one, grouped(context, name, **quick) as two:
        await until("one each", lambda: len(one.assignment()) == len(two.assignment()) == 1)
        # Alive but silent, as a process that hangs: this client has no door for that.
        two._coordinator._coordination_task.cancel()
        two._coordinator._heartbeat_task.cancel()
        await until("one to hold all", lambda: len(one.assignment()) == 2, 20)


@scenario("static membership: comes back to its partition, and nobody rebalances")
async def static(context):
    name = await topic(context, 2)
    told = Told()
    settings = {"group_id": context.unique("static"), "session_timeout_ms": 30_000}
    async with consumer(context, group_instance_id="one", **settings) as one:
        one.subscribe([name], listener=told)
        async with grouped(context, name, group_instance_id="two", **settings) as two:
            # Told, not only assigned: the listener is called a moment later.
            await until("one each", lambda: [len(held) for held in told.assigned[-1:]] == [1])
            await until("the other", lambda: len(two.assignment()) == 1)
            held = two.assignment()
            rebalances = len(told.assigned)
        async with grouped(context, name, group_instance_id="two", **settings) as again:
            await until("its partition again", lambda: again.assignment() == held)
            await sent(context, name, [b"v"], partition=next(iter(held)).partition)
            same([b"v"], values(await take(again, 1)), "record")
            same(rebalances, len(told.assigned), "what the other was told")


@scenario("static membership: the first of two with one id is fenced")
async def fenced(context):
    name = await topic(context)
    settings = {"group_id": context.unique("static"), "group_instance_id": "the same"}
    async with grouped(context, name, **settings) as one:
        await until("its partition", lambda: len(one.assignment()) == 1)
        async with grouped(context, name, **settings) as two:
            await until("the partition of the second", lambda: len(two.assignment()) == 1)

            async def told():
                try:
                    await one.getmany(timeout_ms=10)
                    await one.commit({parts(name)[0]: 0})
                except KafkaError:
                    return True

            await until("the first to be fenced", told)


@scenario("commit: offsets with metadata, and the next one goes on there")
async def resume(context):
    name = await topic(context)
    (part,) = parts(name)
    group = context.unique("group")
    await sent(context, name, numbered(0, 10))
    async with grouped(context, name, group_id=group, max_poll_records=4) as first:
        same(numbered(0, 4), values(await take(first, 4)), "the first four")
        await first.commit({part: OffsetAndMetadata(3, "three ä")})
        same(3, await first.committed(part), "committed")
    async with Admin(context) as admin:
        told = await admin.list_consumer_group_offsets(group)
        same({part: OffsetAndMetadata(3, "three ä")}, told, "with its metadata")
    async with grouped(context, name, group_id=group) as second:
        same(numbered(3, 10), values(await take(second, 7)), "records after the commit")
        await second.commit()
        same(10, await second.committed(part), "committed by position")


@scenario("commit: metadata over the limit is refused")
async def long_metadata(context):
    name = await topic(context)
    (part,) = parts(name)
    async with grouped(context, name) as client:
        await until("its partition", lambda: client.assignment() == {part})
        await client.commit({part: (0, "m" * 4096)})
        await refused(OffsetMetadataTooLargeError, client.commit({part: (0, "m" * 4097)}))


@scenario("commit: by itself, in time and at the end")
async def auto_commit(context):
    name = await topic(context)
    (part,) = parts(name)
    settings = {"group_id": context.unique("group"), "enable_auto_commit": True, "auto_commit_interval_ms": 50}
    await sent(context, name, numbered(0, 3))
    async with consumer(context, group_id=settings["group_id"]) as asking:
        asking.assign([part])
        async with grouped(context, name, **settings) as client:
            await take(client, 3)

            async def committed():
                return await asking.committed(part) == 3

            await until("a commit in time", committed)
            await sent(context, name, numbered(3, 5))
            await take(client, 2)
        same(5, await asking.committed(part), "committed at the end")


@scenario("commit: without a subscription, by assignment alone")
async def commit_assigned(context):
    name = await topic(context)
    (part,) = parts(name)
    group = context.unique("group")
    for first in [0, 3]:
        await sent(context, name, numbered(first, first + 3))
        async with consumer(context, group_id=group) as client:
            client.assign([part])
            same(numbered(first, first + 3), values(await take(client, 3)), "records")
            await client.commit()


async def _running(how, context):
    """A producer that never stops and a member of a group, while the broker goes and comes back."""
    name = await topic(context, 2)
    wanted, failed, going = 0, [], True
    idempotent = {"enable_idempotence": True, "acks": "all", "request_timeout_ms": 60_000}
    async with producer(context, **idempotent) as out, grouped(context, name) as client:
        futures = []

        async def produce():
            nonlocal wanted
            while going:
                futures.append(await out.send(name, b"v%d" % wanted, partition=wanted % 2))
                wanted += 1
                await asyncio.sleep(0.002)

        got = []

        async def consume():
            while going or len(got) < wanted:
                for records in (await client.getmany(timeout_ms=100)).values():
                    got.extend(records)

        tasks = [asyncio.create_task(produce()), asyncio.create_task(consume())]
        await until("something to be read", lambda: len(got) > 50)
        await asyncio.to_thread(context.ask, how)
        if how == "kill9":
            await asyncio.to_thread(context.ask, "restart")
        before = len(got)
        await until("more to be read", lambda: len(got) > before + 50)
        going = False
        failed = [one for one in await asyncio.gather(*futures, return_exceptions=True) if isinstance(one, Exception)]
        same([], failed, "what was not written")
        await asyncio.wait_for(asyncio.gather(*tasks), 60)
        await client.commit()
        same(numbered(0, wanted)[0::2], [one.value for one in got if one.partition == 0], "the group read each once")
    for at in range(2):
        async with consumer(context) as reader:
            reader.assign([TopicPartition(name, at)])
            wanted_here = numbered(0, wanted)[at::2]
            same(wanted_here, values(await take(reader, len(wanted_here))), f"what partition {at} holds")


for _how in ["restart", "kill9"]:
    scenario(f"restart: a running idempotent producer and a group lose and double nothing ({_how})")(
        functools.partial(_running, _how)
    )


@scenario("restart: kill -9 under plain acks=all loses nothing")
async def kill_plain(context):
    name = await topic(context)
    async with producer(context, acks="all", max_batch_size=200) as out:
        await send(out, name, numbered(0, 50))
        futures = [await out.send(name, value) for value in numbered(50, 100)]
        await asyncio.to_thread(context.ask, "kill9")
        later = asyncio.create_task(send(out, name, numbered(100, 150)))
        await asyncio.to_thread(context.ask, "restart")
        await asyncio.gather(*futures)
        await later
    # Without idempotence what was written before the crash and not told is written again.
    async with consumer(context) as client:
        client.assign(parts(name))
        (end,) = (await client.end_offsets(parts(name))).values()
        same(set(numbered(0, 150)), set(values(await take(client, end))), "each at least once")


@scenario("large: a batch of the very limit passes, a byte more is refused")
async def limit(context):
    name = await topic(context)
    most = MESSAGE_BYTES_MAX - BATCH_OVERHEAD
    async with producer(context, max_request_size=20_000_000) as out:
        same(0, (await out.send_and_wait(name, b"x" * most)).offset, "offset at the limit")
        await refused(MessageSizeTooLargeError, out.send_and_wait(name, b"x" * (most + 1)))
        same(1, (await out.send_and_wait(name, b"small")).offset, "offset of the next")
    same([most, 5], [len(value) for value in values(await read_all(context, name, 2))], "sizes")


@scenario("large: four MiB in a topic that takes them, through every codec")
async def four_mib(context):
    name = await topic(context, max_message_bytes=5_000_000)
    wanted = bytes(range(256)) * (4 * 4096)
    for codec in CODECS:
        settings = {"max_request_size": 20_000_000, "compression_type": codec, "enable_idempotence": True}
        await sent(context, name, [wanted], settings=settings)
    same([wanted] * 5, values(await read_all(context, name, 5)), "messages")


@scenario("admin topics: created, listed, described and deleted")
async def topics(context):
    name, placed = context.unique("admin"), context.unique("placed")
    async with Admin(context) as admin:
        answered(await admin.create_topics([NewTopic(name, 4, 1)], validate_only=True))
        assert name not in await admin.list_topics(), "created where only validated"
        node = (await admin.describe_cluster())["brokers"][0]["node_id"]
        wanted = [NewTopic(name, 4, 1), NewTopic(placed, -1, -1, replica_assignments={0: [node], 1: [node]})]
        answered(await admin.create_topics(wanted))

        async def described():
            told = await admin.describe_topics([name, placed])
            return sorted(len(one["partitions"]) for one in told) == [2, 4]

        await until("both topics", described)
        again = await admin.create_topics([NewTopic(name, 4, 1)])
        same(TopicAlreadyExistsError.errno, again.topic_errors[0][1], "error of the same again")
        await admin.delete_topics([name])

        async def gone():
            return name not in await admin.list_topics()

        await until("its end", gone)
        absent = await admin.delete_topics([name])
        same(UnknownTopicOrPartitionError.errno, absent.topic_error_codes[0][1], "error of one that is not there")


@scenario("admin topics: partitions are added, and never taken away")
async def partitions(context):
    name = await topic(context, 2)
    async with Admin(context) as admin:
        await admin.create_partitions({name: NewPartitions(5)}, validate_only=True)
        await admin.create_partitions({name: NewPartitions(4)})

        async def four():
            return len((await admin.describe_topics([name]))[0]["partitions"]) == 4

        await until("four partitions", four)
        await refused(InvalidPartitionsError, admin.create_partitions({name: NewPartitions(3)}))
    await sent(context, name, [b"v"], partition=3)
    same([b"v"], values(await read_all(context, name, 1, 4)), "record of a partition that was added")


def _entries(answers):
    """The settings of an answer to DescribeConfigs, by name."""
    (answer,) = answers
    (resource,) = answer.resources
    same(0, resource[0], "error code")
    return {name: (value, *rest) for name, value, *rest in resource[4]}


@scenario("admin configs: those of topics and of the broker")
async def configs(context):
    name = await topic(context, retention_ms=86_400_000)
    resource = functools.partial(ConfigResource, ConfigResourceType.TOPIC, name)
    async with Admin(context) as admin:
        told = _entries(await admin.describe_configs([resource()]))
        same(("86400000", "delete"), (told["retention.ms"][0], told["cleanup.policy"][0]), "settings")
        (answer,) = await admin.alter_configs([resource(configs={"max.message.bytes": "2000"})])
        same(0, answer.resources[0][0], "error code")

        async def altered():
            told = _entries(await admin.describe_configs([resource()]))
            return told["max.message.bytes"][0] == "2000" and told["retention.ms"][0] == "604800000"

        await until("the one set, the other by default again", altered)
        asked = {"max.message.bytes": "", "retention.ms": ""}
        told = _entries(await admin.describe_configs([resource(configs=asked)], include_synonyms=True))
        same(set(asked), set(told), "only those asked for")
        (bad,) = await admin.alter_configs([resource(configs={"retention.ms": "soon"})])
        same(40, bad.resources[0][0], "INVALID_CONFIG")
        node = (await admin.describe_cluster())["brokers"][0]["node_id"]
        told = _entries(await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, str(node))]))
        same(str(MESSAGE_BYTES_MAX), told["message.max.bytes"][0], "a setting of the broker")
    async with producer(context) as out:
        await refused(MessageSizeTooLargeError, out.send_and_wait(name, b"x" * 3000))


@scenario("admin groups: listed, described, their coordinator and offsets told")
async def groups(context):
    name = await topic(context)
    (part,) = parts(name)
    group = context.unique("described")
    await sent(context, name, numbered(0, 3))
    async with Admin(context) as admin, grouped(context, name, group_id=group, client_id="described") as client:
        await take(client, 3)
        await client.commit()
        listed = {one[0]: one[1] for one in await admin.list_consumer_groups()}
        same("consumer", listed[group], "listed with its protocol type")
        node = (await admin.describe_cluster())["brokers"][0]["node_id"]
        same(node, await admin.find_coordinator(group), "coordinator")
        (answer,) = await admin.describe_consumer_groups([group])
        (told,) = answer.groups
        same((0, group, "Stable", "consumer", "roundrobin"), tuple(told[:5]), "group")
        same(["described"], [member[2] if len(member) > 5 else member[1] for member in told[5]], "members")
        same({part: OffsetAndMetadata(3, "")}, await admin.list_consumer_group_offsets(group), "all offsets")
        absent = TopicPartition(name, 7)
        told = await admin.list_consumer_group_offsets(group, partitions=[part, absent])
        same({part: 3, absent: -1}, {key: one.offset for key, one in told.items()}, "offsets asked for")
        (answer,) = await admin.describe_consumer_groups([context.unique("nobody")])
        same("Dead", answer.groups[0][2], "state of a group that is not there")


@scenario("admin records: deleted before an offset, and before the end")
async def records(context):
    name = await topic(context)
    (part,) = parts(name)
    await sent(context, name, numbered(0, 10))
    async with Admin(context) as admin, consumer(context) as client:
        same({part: 4}, await admin.delete_records({part: RecordsToDelete(4)}), "low watermark")
        same({part: 4}, await client.beginning_offsets([part]), "beginning")
        client.assign([part])
        same(numbered(4, 10), values(await take(client, 6)), "records left")
        await refused(OffsetOutOfRangeError, admin.delete_records({part: RecordsToDelete(11)}))
        same({part: 10}, await admin.delete_records({part: RecordsToDelete(-1)}), "low watermark")
        same({part: 10}, await client.end_offsets([part]), "end")


@scenario("admin other: the cluster is described")
async def cluster(context):
    async with Admin(context) as admin:
        told = await admin.describe_cluster()
        same(22, len(told["cluster_id"]), "length of the cluster's id")
        same(1, len(told["brokers"]), "nodes")


main()
