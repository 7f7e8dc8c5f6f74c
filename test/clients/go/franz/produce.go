package main

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	. "skerry.test/clients/harness"
)

func produceCases() {
	Case("connect: the broker answers, and tells its name and versions", func(t *T) {
		cl := client(t, kgo.ClientID("franz"), kgo.SoftwareNameAndVersion("franz", "1.22"))
		defer cl.Close()
		Ok(cl.Ping(t))
		versions := Must(kmsg.NewPtrApiVersionsRequest().RequestWith(t, cl))
		Ok(kerr.ErrorForCode(versions.ErrorCode))
		metadata := Must(kmsg.NewPtrMetadataRequest().RequestWith(t, cl))
		Same("brokers", 1, len(metadata.Brokers))
		Same("the controller", metadata.Brokers[0].NodeID, metadata.ControllerID)
		True("the cluster has an id", metadata.ClusterID != nil)
	})
	Case("connect: a dead seed is passed over", func(t *T) {
		cl := client(t, kgo.SeedBrokers("127.0.0.1:1", t.Bootstrap))
		defer cl.Close()
		Ok(cl.Ping(t))
	})
	Case("produce: each partition numbers its own records", func(t *T) {
		name := topic(t, 3)
		cl := client(t)
		defer cl.Close()
		for at := range int64(4) {
			for partition := range int32(3) {
				sent := Must(cl.ProduceSync(t, record(name, partition, "v")).First())
				Same("partition and offset", []int64{int64(partition), at}, []int64{int64(sent.Partition), sent.Offset})
			}
		}
	})
	for name, acks := range map[string]kgo.Acks{"0": kgo.NoAck(), "1": kgo.LeaderAck(), "all": kgo.AllISRAcks()} {
		Case("produce: acks="+name, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 50, kgo.RequiredAcks(acks), kgo.DisableIdempotentWrite())
			Same("values", Numbered(0, 50), values(read(t, name, 0, start, 50)))
		})
	}
	Case("produce: a key keeps its partition, records without one go anywhere", func(t *T) {
		name := topic(t, 7)
		cl := client(t, kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
		defer cl.Close()
		first := Must(cl.ProduceSync(t, &kgo.Record{Topic: name, Key: []byte("skerry"), Value: []byte("a")}).First())
		again := Must(cl.ProduceSync(t, &kgo.Record{Topic: name, Key: []byte("skerry"), Value: []byte("b")}).First())
		Same("partition", first.Partition, again.Partition)
		var written atomic.Int32
		for at := range 200 {
			cl.Produce(t, &kgo.Record{Topic: name, Value: fmt.Append(nil, at)}, func(_ *kgo.Record, err error) {
				if err == nil {
					written.Add(1)
				}
			})
		}
		Ok(cl.Flush(t))
		Same("written", 200, written.Load())
	})
	Case("produce: null and empty keys and values", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		defer cl.Close()
		Ok(cl.ProduceSync(t, &kgo.Record{Topic: name}, &kgo.Record{Topic: name, Key: []byte{}, Value: []byte{}}).FirstErr())
		got := read(t, name, 0, start, 2)
		True("null stays null", got[0].Key == nil && got[0].Value == nil)
		True("empty stays empty", got[1].Key != nil && got[1].Value != nil && len(got[1].Key)+len(got[1].Value) == 0)
	})
	Case("produce: an unknown topic is made on demand", func(t *T) {
		name := t.Unique("made")
		cl := client(t, kgo.AllowAutoTopicCreation())
		defer cl.Close()
		Ok(cl.ProduceSync(t, record(name, 0, "v0")).FirstErr())
		Same("values", Numbered(0, 1), values(read(t, name, 0, start, 1)))
	})
	Case("produce: an unknown topic is refused (auto creation off)", func(t *T) {
		cl := client(t, kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(2))
		defer cl.Close()
		Is(cl.ProduceSync(t, record(t.Unique("never"), 0, "v0")).FirstErr(), kerr.UnknownTopicOrPartition)
	})
	Case("produce: a topic is made again under a running producer and consumer (auto creation off)", remade)
	Case("idempotence: a producer has an id, and its batches in flight stay in order", func(t *T) {
		name := topic(t, 1)
		cl := client(t, kgo.ProducerBatchMaxBytes(600), kgo.ProducerLinger(0))
		defer cl.Close()
		id, epoch, err := cl.ProducerID(t)
		Ok(err)
		True("it has an id", id >= 0 && epoch >= 0)
		for _, value := range Numbered(0, 2000) {
			cl.Produce(t, record(name, 0, value), nil)
		}
		Ok(cl.Flush(t))
		got := read(t, name, 0, start, 2000)
		Same("values", Numbered(0, 2000), values(got))
		Same("producer", id, got[1999].ProducerID)
	})
	for codec, compression := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		Case("compression: "+codec, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 500, kgo.ProducerBatchCompression(compression))
			got := read(t, name, 0, start, 500)
			Same("values", Numbered(0, 500), values(got))
			codes := map[string]uint8{"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
			Same("the codec of the batch as stored", codes[codec], got[0].Attrs.CompressionType())
		})
	}
	Case("compression: the topic's own codec wins", func(t *T) {
		name := topic(t, 1, "compression.type", "zstd")
		send(t, name, 0, 200, kgo.ProducerBatchCompression(kgo.GzipCompression()))
		got := read(t, name, 0, start, 200)
		Same("values", Numbered(0, 200), values(got))
		Same("the codec of the batch as stored", 4, got[0].Attrs.CompressionType())
	})
	Case("compression: batches are streamed into their codec", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 5000, kgo.StreamingCompression(), kgo.ProducerBatchCompression(kgo.ZstdCompression()))
		Same("values", Numbered(0, 5000), values(read(t, name, 0, start, 5000)))
	})
	Case("headers: names twice, no value, any bytes", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		defer cl.Close()
		sent := []kgo.RecordHeader{
			{Key: "a", Value: []byte{0, 255}}, {Key: "a", Value: []byte("2")}, {Key: "", Value: nil}, {Key: "ü", Value: []byte{}},
		}
		Ok(cl.ProduceSync(t, &kgo.Record{Topic: name, Value: []byte("v"), Headers: sent}).FirstErr())
		Same("headers", sent, read(t, name, 0, start, 1)[0].Headers)
	})
	Case("large: a record near the limit passes, one over it is refused by the broker", func(t *T) {
		name := topic(t, 1, "max.message.bytes", "100000")
		cl := client(t, kgo.ProducerBatchMaxBytes(900_000), kgo.ProducerBatchCompression(kgo.NoCompression()))
		defer cl.Close()
		body := bytes.Repeat([]byte("x"), 99_000)
		Ok(cl.ProduceSync(t, &kgo.Record{Topic: name, Value: body}).FirstErr())
		Is(cl.ProduceSync(t, &kgo.Record{Topic: name, Value: append(body, body...)}).FirstErr(), kerr.MessageTooLarge)
		Ok(cl.ProduceSync(t, record(name, 0, "after")).FirstErr())
		got := read(t, name, 0, start, 2)
		Same("sizes", []int{99_000, 5}, []int{len(got[0].Value), len(got[1].Value)})
	})
	Case("large: a batch over the fetch's limits comes whole (KIP-74)", func(t *T) {
		name := topic(t, 1)
		cl := client(t, kgo.ProducerBatchCompression(kgo.NoCompression()))
		defer cl.Close()
		body := bytes.Repeat([]byte("y"), 800_000)
		for range 3 {
			Ok(cl.ProduceSync(t, &kgo.Record{Topic: name, Value: body}).FirstErr())
		}
		got := read(t, name, 0, start, 3, kgo.FetchMaxBytes(1000), kgo.FetchMaxPartitionBytes(1000))
		True("whole", bytes.Equal(body, got[2].Value))
	})
}

// remade deletes a topic under a producer and a consumer and makes it again, with a new id.
func remade(t *T) {
	name := topic(t, 1)
	adm := admin(t)
	defer adm.Close()
	producer := client(t, kgo.UnknownTopicRetries(-1), kgo.MetadataMaxAge(500*time.Millisecond))
	defer producer.Close()
	at := kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: start}})
	consumer := client(t, at, kgo.MetadataMaxAge(500*time.Millisecond))
	defer consumer.Close()
	Ok(producer.ProduceSync(t, record(name, 0, "before")).FirstErr())
	Same("before", []string{"before"}, values(poll(t, consumer, 1)))
	Ok(Must(adm.DeleteTopic(t, name)).Err)
	t.Eventually("the topic is made again", func() bool {
		made, err := adm.CreateTopics(t, 1, 1, nil, name)
		return err == nil && made[name].Err == nil
	})
	// The client takes the new topic for another, whatever the broker: an application that knows better forgets the old.
	producer.PurgeTopicsFromClient(name)
	Ok(producer.ProduceSync(t, record(name, 0, "after")).FirstErr())
	consumer.PurgeTopicsFromConsuming(name)
	consumer.AddConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: start}})
	t.Eventually("the consumer reads the new topic", func() bool {
		records := consumer.PollFetches(t).Records()
		return len(records) == 1 && string(records[0].Value) == "after"
	})
}
