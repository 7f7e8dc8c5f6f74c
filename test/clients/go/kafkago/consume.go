package main

import (
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	. "skerry.test/clients/harness"
)

func consumeCases() {
	many := func(t *T, options ...func(*kafka.ReaderConfig)) {
		const partitions, each = 6, 200
		name := topic(t, partitions)
		one := writer(t, name, func(one *kafka.Writer) { one.Balancer = &kafka.RoundRobin{} })
		defer one.Close()
		var messages []kafka.Message
		for at := range each {
			for range partitions {
				messages = append(messages, kafka.Message{Value: fmt.Appendf(nil, "v%d", at)})
			}
		}
		Ok(one.WriteMessages(t, messages...))
		for partition := range partitions {
			Same("values", Numbered(0, each), values(read(t, name, partition, each, options...)))
		}
	}
	Case("consume: many messages over many partitions", func(t *T) { many(t) })
	Case("consume: committed messages only", func(t *T) {
		many(t, func(config *kafka.ReaderConfig) { config.IsolationLevel = kafka.ReadCommitted })
	})
	Case("consume: small answers", func(t *T) {
		many(t, func(config *kafka.ReaderConfig) { config.MinBytes, config.MaxBytes = 1, 3000 })
	})
	Case("consume: a bare connection's batch, and the client's fetch", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 20)
		conn := Must(kafka.DialLeader(t, "tcp", t.Bootstrap, name, 0))
		defer conn.Close()
		batch := conn.ReadBatch(1, 1_000_000)
		for _, value := range Numbered(0, 20) {
			Same("value", value, string(Must(batch.ReadMessage()).Value))
		}
		Same("high watermark", int64(20), batch.HighWaterMark())
		Ok(batch.Close())
		fetched := Must(client(t).Fetch(t, &kafka.FetchRequest{Topic: name, Offset: 15, MinBytes: 1, MaxBytes: 1_000_000, MaxWait: time.Second}))
		Ok(fetched.Error)
		Same("high watermark", int64(20), fetched.HighWatermark)
	})
	Case("seek: the first, the last, an offset, back and forth", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 10)
		one := reader(t, name, 0)
		defer one.Close()
		Ok(one.SetOffset(4))
		Same("an offset", Numbered(4, 10), values(take(t, one, 6)))
		Ok(one.SetOffset(kafka.FirstOffset))
		Same("first", Numbered(0, 10), values(take(t, one, 10)))
		Same("lag", int64(0), Must(one.ReadLag(t)))
		Ok(one.SetOffset(8))
		Same("back", Numbered(8, 10), values(take(t, one, 2)))
		conn := Must(kafka.DialLeader(t, "tcp", t.Bootstrap, name, 0))
		defer conn.Close()
		first, last, err := conn.ReadOffsets()
		Ok(err)
		Same("offsets", []int64{0, 10}, []int64{first, last})
		Same("relative to the end", int64(7), Must(conn.Seek(3, kafka.SeekEnd)))
	})
	Case("seek: an offset out of range is told", func(t *T) {
		name := topic(t, 1)
		one := reader(t, name, 0, func(config *kafka.ReaderConfig) { config.OffsetOutOfRangeError = true })
		defer one.Close()
		Ok(one.SetOffset(1000))
		_, err := one.ReadMessage(t)
		Is(err, kafka.OffsetOutOfRange)
	})
	Case("timestamps: the writer's are kept, and found", func(t *T) {
		name := topic(t, 1)
		one := writer(t, name)
		defer one.Close()
		base := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
		for at, value := range Numbered(0, 10) {
			Ok(one.WriteMessages(t, kafka.Message{Value: []byte(value), Time: base.Add(time.Duration(at) * time.Minute)}))
		}
		from := reader(t, name, 0)
		defer from.Close()
		Ok(from.SetOffsetAt(t, base.Add(3*time.Minute-time.Second)))
		got := take(t, from, 7)
		Same("values", Numbered(3, 10), values(got))
		Same("time", base.Add(3*time.Minute).UnixMilli(), got[0].Time.UnixMilli())
	})
	// It reads the producer's time of a topic with LogAppendTime: it does not look at the batch's time type.
}
