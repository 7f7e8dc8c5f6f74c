//! What rskafka can do: topics, batches into a partition, fetches by offset. It knows no groups, by intent.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use futures::future::{join_all, BoxFuture};
use futures::{FutureExt, StreamExt};
use rskafka::client::consumer::{StartOffset, StreamConsumer, StreamConsumerBuilder};
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::producer::aggregator::RecordAggregator;
use rskafka::client::producer::BatchProducerBuilder;
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::{Record, RecordAndOffset};
use rskafka::BackoffConfig;
use tokio::time::{sleep, timeout};

use crate::Context;

type Case = Box<dyn Fn(Context) -> BoxFuture<'static, ()>>;

/// Room for a fetch, and for how long it may wait.
const FETCH_BYTES: i32 = 20_000_000;
const FETCH_WAIT_MS: i32 = 200;
const TIMEOUT_MS: i32 = 10_000;
/// All of a batch of one record but its value, without key and headers, where the lengths take three bytes each.
const BATCH_OVERHEAD: usize = 61 + 11;
const MESSAGE_BYTES_MAX: usize = 1_048_588;

const CODECS: [(&str, Compression); 5] = [
    ("none", Compression::NoCompression),
    ("gzip", Compression::Gzip),
    ("snappy", Compression::Snappy),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

fn case<F: Future<Output = ()> + Send + 'static>(name: &str, body: fn(Context) -> F) -> (String, Case) {
    (name.to_owned(), Box::new(move |context| body(context).boxed()))
}

pub fn all() -> Vec<(String, Case)> {
    let mut cases = vec![
        case("connect: topics and their partitions are told", metadata),
        case("produce: keys, null keys and null values", nulls),
        case("produce: many at once, gathered into batches", batches),
        case("produce: an unknown topic is created (auto creation on)", created_unasked),
        case("produce: an unknown topic stays unknown (auto creation off)", unknown_topic),
        case("headers: several, also empty", headers),
        case("timestamps: those of the producer, and offsets by time", timestamps),
        case("consume: from the earliest, from the latest, from an offset", streams),
        case("consume: a batch over the limits of a fetch comes whole (KIP-74)", whole_batch),
        case("consume: a fetch waits for its bytes", fetch_waits),
        case("seek: any offset, and one out of range is told", seeks),
        case("large: a batch of the very limit passes, a byte more is refused", limit),
        case("admin topics: created, listed and deleted", topics),
        case("admin records: deleted before an offset", delete_records),
        case("restart: the broker goes and comes back (restart)", |context| comes_back("restart", context)),
        case("restart: the broker goes and comes back (kill9)", |context| comes_back("kill9", context)),
        case("restart: kill -9 under a running producer and a reader loses nothing", running),
    ];
    for (name, codec) in CODECS {
        let body = move |context| compression(codec, context).boxed();
        cases.push((format!("compression: {name}"), Box::new(body)));
    }
    cases
}

async fn client(context: &Context) -> Client {
    let backoff = BackoffConfig { max_backoff: Duration::from_millis(200), ..BackoffConfig::default() };
    let builder = ClientBuilder::new(vec![context.bootstrap.clone()]).backoff_config(backoff);
    builder.build().await.expect("a connection")
}

async fn created(client: &Client, context: &Context, partitions: i32) -> String {
    let name = context.unique("topic");
    let admin = client.controller_client().expect("a controller");
    admin.create_topic(&name, partitions, 1, TIMEOUT_MS).await.expect("a topic");
    name
}

async fn partition(client: &Client, topic: &str, partition: i32) -> Arc<PartitionClient> {
    let client = client.partition_client(topic, partition, UnknownTopicHandling::Retry).await;
    Arc::new(client.expect("a leader"))
}

/// A topic of one partition.
async fn fresh(context: &Context) -> Arc<PartitionClient> {
    let client = client(context).await;
    let name = created(&client, context, 1).await;
    partition(&client, &name, 0).await
}

/// A time of an hour ago: what is older than retention.ms allows may be gone before it is read.
fn lately() -> DateTime<Utc> {
    static TIME: OnceLock<DateTime<Utc>> = OnceLock::new();
    *TIME.get_or_init(|| Utc.timestamp_opt(Utc::now().timestamp() - 3600, 0).single().expect("a time"))
}

fn record(value: impl Into<Vec<u8>>) -> Record {
    Record { key: None, value: Some(value.into()), headers: BTreeMap::new(), timestamp: lately() }
}

fn numbered(first: usize, last: usize) -> Vec<Record> {
    (first..last).map(|at| record(format!("v{at}"))).collect()
}

async fn sent(to: &PartitionClient, records: Vec<Record>) -> Vec<i64> {
    to.produce(records, Compression::NoCompression).await.expect("offsets")
}

async fn fetched(from: &PartitionClient, offset: i64) -> Vec<RecordAndOffset> {
    let bytes = 1..FETCH_BYTES;
    from.fetch_records(offset, bytes, FETCH_WAIT_MS).await.expect("records").0
}

/// Reads until there are so many; a fetch may bring fewer.
async fn read(from: &PartitionClient, mut offset: i64, wanted: usize) -> Vec<Record> {
    let mut got = Vec::new();
    let reading = async {
        while got.len() < wanted {
            for one in fetched(from, offset).await {
                assert_eq!(one.offset, offset, "offset");
                offset += 1;
                got.push(one.record);
            }
        }
    };
    timeout(Duration::from_secs(30), reading).await.expect("as many within half a minute");
    got
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ProtocolError {
    match outcome {
        Err(Error::ServerError { protocol_error, .. }) => protocol_error,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn metadata(context: Context) {
    let client = client(&context).await;
    let name = created(&client, &context, 3).await;
    let told = client.list_topics().await.expect("topics");
    let topic = told.iter().find(|topic| topic.name == name).expect("it is listed");
    assert_eq!(topic.partitions.iter().copied().collect::<Vec<_>>(), [0, 1, 2]);
    for at in 0..3 {
        assert_eq!(sent(&*partition(&client, &name, at).await, numbered(0, 1)).await, [0]);
    }
}

async fn nulls(context: Context) {
    let partition = fresh(&context).await;
    let pairs: [(Option<&[u8]>, Option<&[u8]>); 4] =
        [(None, Some(b"v")), (Some(b"k"), None), (Some(b""), Some(b"")), (Some(b"k"), Some(b"\x00\xff"))];
    let wanted: Vec<Record> = pairs
        .iter()
        .map(|(key, value)| Record { key: key.map(Vec::from), value: value.map(Vec::from), ..record("") })
        .collect();
    assert_eq!(sent(&partition, wanted.clone()).await, [0, 1, 2, 3]);
    assert_eq!(read(&partition, 0, 4).await, wanted);
}

async fn batches(context: Context) {
    let partition = fresh(&context).await;
    let producer = BatchProducerBuilder::new(Arc::clone(&partition))
        .with_linger(Duration::from_millis(20))
        .with_compression(Compression::Lz4)
        .build(RecordAggregator::new(1000));
    let offsets = join_all(numbered(0, 1000).into_iter().map(|one| producer.produce(one))).await;
    let mut offsets: Vec<i64> = offsets.into_iter().map(|offset| offset.expect("an offset")).collect();
    offsets.sort_unstable();
    assert_eq!(offsets, (0..1000).collect::<Vec<i64>>());
    let mut values: Vec<_> = read(&partition, 0, 1000).await.into_iter().map(|one| one.value).collect();
    let mut wanted: Vec<_> = numbered(0, 1000).into_iter().map(|one| one.value).collect();
    values.sort();
    wanted.sort();
    assert_eq!(values, wanted);
}

async fn created_unasked(context: Context) {
    let client = client(&context).await;
    let partition = partition(&client, &context.unique("auto"), 0).await;
    assert_eq!(sent(&partition, numbered(0, 3)).await, [0, 1, 2]);
}

async fn unknown_topic(context: Context) {
    let client = client(&context).await;
    let name = context.unique("never");
    let outcome = client.partition_client(&name, 0, UnknownTopicHandling::Error).await;
    assert_eq!(refusal(outcome), ProtocolError::UnknownTopicOrPartition);
    assert!(client.list_topics().await.expect("topics").iter().all(|topic| topic.name != name), "it was created");
}

async fn headers(context: Context) {
    let partition = fresh(&context).await;
    let headers = [("a", b"\x00\xff".to_vec()), ("b", vec![]), ("ä", b"utf-8".to_vec())];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let wanted = vec![Record { headers, ..record("v") }];
    sent(&partition, wanted.clone()).await;
    assert_eq!(read(&partition, 0, 1).await, wanted);
}

async fn timestamps(context: Context) {
    let partition = fresh(&context).await;
    let start = lately();
    let at = |ms: i64| start + chrono::TimeDelta::milliseconds(ms);
    for ms in [0, 10, 20, 30] {
        sent(&partition, vec![Record { timestamp: at(ms), ..record("v") }]).await;
    }
    let times: Vec<_> = read(&partition, 0, 4).await.into_iter().map(|one| one.timestamp).collect();
    assert_eq!(times, [at(0), at(10), at(20), at(30)]);
    for (ms, wanted) in [(-1, 0), (10, 1), (15, 2), (30, 3), (31, -1)] {
        let offset = partition.get_offset(OffsetAt::Timestamp(at(ms))).await.expect("an offset");
        assert_eq!(offset, wanted, "{ms} ms");
    }
    assert_eq!(partition.get_offset(OffsetAt::Earliest).await.expect("an offset"), 0);
    assert_eq!(partition.get_offset(OffsetAt::Latest).await.expect("an offset"), 4);
}

fn stream(partition: &Arc<PartitionClient>, start: StartOffset) -> StreamConsumer {
    StreamConsumerBuilder::new(Arc::clone(partition), start).with_max_wait_ms(FETCH_WAIT_MS).build()
}

async fn next(stream: &mut StreamConsumer) -> (String, i64) {
    let next = timeout(Duration::from_secs(30), stream.next()).await.expect("a record in time");
    let (one, high_watermark) = next.expect("no end").expect("a record");
    (String::from_utf8(one.record.value.expect("a value")).expect("text"), high_watermark)
}

async fn streams(context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, numbered(0, 5)).await;
    let mut earliest = stream(&partition, StartOffset::Earliest);
    for at in 0..5 {
        assert_eq!(next(&mut earliest).await, (format!("v{at}"), 5));
    }
    assert_eq!(next(&mut stream(&partition, StartOffset::At(3))).await.0, "v3");
    let mut latest = stream(&partition, StartOffset::Latest);
    // It asks for the end with its first fetch: what comes before that is not for it.
    assert!(timeout(Duration::from_millis(400), latest.next()).await.is_err(), "a record of before");
    sent(&partition, numbered(5, 6)).await;
    assert_eq!(next(&mut latest).await, ("v5".to_owned(), 6));
    assert_eq!(next(&mut earliest).await, ("v5".to_owned(), 6));
}

async fn whole_batch(context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, (0..20).map(|_| record(vec![b'x'; 4000])).collect()).await;
    let (records, high_watermark) = partition.fetch_records(0, 1..100, FETCH_WAIT_MS).await.expect("records");
    assert_eq!((records.len(), high_watermark), (20, 20));
}

async fn fetch_waits(context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, vec![record("small")]).await;
    let waiting = Arc::clone(&partition);
    let fetch = tokio::spawn(async move { waiting.fetch_records(0, 100_000..FETCH_BYTES, 30_000).await });
    let mut fetch = Box::pin(fetch);
    assert!(timeout(Duration::from_millis(300), &mut fetch).await.is_err(), "it did not wait");
    let other = client(&context).await;
    let other = other.partition_client(partition.topic(), 0, UnknownTopicHandling::Retry).await.expect("a leader");
    sent(&other, vec![record(vec![b'x'; 200_000])]).await;
    let fetched = timeout(Duration::from_secs(20), fetch).await.expect("it waited for its time");
    assert_eq!(fetched.expect("no panic").expect("records").0.len(), 2);
}

async fn seeks(context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, numbered(0, 10)).await;
    assert_eq!(read(&partition, 7, 3).await, numbered(7, 10));
    assert_eq!(fetched(&partition, 10).await, []);
    let outcome = partition.fetch_records(11, 1..FETCH_BYTES, FETCH_WAIT_MS).await;
    assert_eq!(refusal(outcome), ProtocolError::OffsetOutOfRange);
    let mut stream = stream(&partition, StartOffset::At(100));
    let ended = timeout(Duration::from_secs(30), stream.next()).await.expect("a word in time").expect("an error");
    assert_eq!(refusal(ended), ProtocolError::OffsetOutOfRange);
}

async fn limit(context: Context) {
    let partition = fresh(&context).await;
    let most = MESSAGE_BYTES_MAX - BATCH_OVERHEAD;
    assert_eq!(sent(&partition, vec![record(vec![b'x'; most])]).await, [0]);
    let refused = partition.produce(vec![record(vec![b'x'; most + 1])], Compression::NoCompression).await;
    assert_eq!(refusal(refused), ProtocolError::MessageTooLarge);
    assert_eq!(sent(&partition, vec![record("small")]).await, [1]);
    let sizes: Vec<_> = read(&partition, 0, 2).await.into_iter().map(|one| one.value.map(|it| it.len())).collect();
    assert_eq!(sizes, [Some(most), Some(5)]);
}

async fn topics(context: Context) {
    let client = client(&context).await;
    let name = created(&client, &context, 4).await;
    let admin = client.controller_client().expect("a controller");
    let again = admin.create_topic(&name, 4, 1, TIMEOUT_MS).await;
    assert_eq!(refusal(again), ProtocolError::TopicAlreadyExists);
    let unplaced = admin.create_topic(context.unique("unplaced"), 1, 9, TIMEOUT_MS).await;
    assert_eq!(refusal(unplaced), ProtocolError::InvalidReplicationFactor);
    admin.delete_topic(&name, TIMEOUT_MS).await.expect("its end");
    let gone = async {
        while client.list_topics().await.expect("topics").iter().any(|topic| topic.name == name) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(30), gone).await.expect("its end");
    assert_eq!(refusal(admin.delete_topic(&name, TIMEOUT_MS).await), ProtocolError::UnknownTopicOrPartition);
}

async fn delete_records(context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, numbered(0, 10)).await;
    partition.delete_records(4, TIMEOUT_MS).await.expect("no error");
    assert_eq!(partition.get_offset(OffsetAt::Earliest).await.expect("an offset"), 4);
    assert_eq!(read(&partition, 4, 6).await, numbered(4, 10));
    let outcome = partition.fetch_records(0, 1..FETCH_BYTES, FETCH_WAIT_MS).await;
    assert_eq!(refusal(outcome), ProtocolError::OffsetOutOfRange);
    assert_eq!(refusal(partition.delete_records(11, TIMEOUT_MS).await), ProtocolError::OffsetOutOfRange);
}

async fn compression(codec: Compression, context: Context) {
    let partition = fresh(&context).await;
    let wanted: Vec<Record> = (0..300).map(|at| record(format!("{}{at}", "skerry ".repeat(100)))).collect();
    let offsets = partition.produce(wanted.clone(), codec).await.expect("offsets");
    assert_eq!(offsets, (0..300).collect::<Vec<i64>>());
    assert_eq!(read(&partition, 0, 300).await, wanted);
}

async fn comes_back(how: &'static str, context: Context) {
    let partition = fresh(&context).await;
    sent(&partition, numbered(0, 5)).await;
    context.ask(how).await;
    if how == "kill9" {
        context.ask("restart").await;
    }
    assert_eq!(sent(&partition, numbered(5, 10)).await, [5, 6, 7, 8, 9]);
    assert_eq!(read(&partition, 0, 10).await, numbered(0, 10));
}

/// This client has no idempotence: what was written and not told before the crash is written twice.
async fn running(context: Context) {
    let partition = fresh(&context).await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let producer = Arc::clone(&partition);
    let producing = tokio::spawn(async move {
        let mut told = Vec::new();
        while stopped.try_recv().is_err() {
            let at = told.len();
            told.push((sent(&producer, numbered(at, at + 1)).await[0], at));
        }
        told
    });
    let reader = client(&context).await;
    let reader = reader.partition_client(partition.topic(), 0, UnknownTopicHandling::Retry).await.expect("a leader");
    let reader = Arc::new(reader);
    read(&reader, 0, 50).await;
    context.ask("kill9").await;
    context.ask("restart").await;
    let end = partition.get_offset(OffsetAt::Latest).await.expect("an offset");
    read(&reader, end, 50).await;
    stop.send(()).expect("the producer runs");
    let told = producing.await.expect("no panic");
    let end = partition.get_offset(OffsetAt::Latest).await.expect("an offset");
    let records = read(&reader, 0, usize::try_from(end).expect("a count")).await;
    for (offset, at) in told {
        let held = records.get(usize::try_from(offset).expect("an offset")).expect("a record where it was told");
        assert_eq!(held.value, Some(format!("v{at}").into_bytes()), "at {offset}");
    }
}
