package main

import (
	"fmt"
	"time"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func consumeCases() {
	Case("consume: many messages over many partitions", func(t *T) { many(t) })
	Case("consume: committed messages only", func(t *T) {
		many(t, func(all *sarama.Config) { all.Consumer.IsolationLevel = sarama.ReadCommitted })
	})
	Case("consume: with a rack", func(t *T) { many(t, func(all *sarama.Config) { all.RackID = "r1" }) })
	Case("consume: the high watermark is told", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 7)
		consumer := Must(sarama.NewConsumer(addresses(t), config()))
		defer consumer.Close()
		of := Must(consumer.ConsumePartition(name, 0, oldest))
		defer of.Close()
		take(t, of.Messages(), 7)
		Same("high watermark", int64(7), of.HighWaterMarkOffset())
		Same("partitions", []int32{0}, Must(consumer.Partitions(name)))
	})
	Case("seek: the oldest, the newest and an offset", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 10)
		Same("oldest", Numbered(0, 10), values(read(t, name, 0, oldest, 10)))
		Same("an offset", Numbered(4, 10), values(read(t, name, 0, 4, 6)))
		consumer := Must(sarama.NewConsumer(addresses(t), config()))
		defer consumer.Close()
		of := Must(consumer.ConsumePartition(name, 0, newest))
		defer of.Close()
		send(t, name, 10, 12)
		Same("newest", Numbered(10, 12), values(take(t, of.Messages(), 2)))
	})
	Case("seek: an offset out of range is told", func(t *T) {
		name := topic(t, 1)
		consumer := Must(sarama.NewConsumer(addresses(t), config()))
		defer consumer.Close()
		_, err := consumer.ConsumePartition(name, 0, 1000)
		Is(err, sarama.ErrOffsetOutOfRange)
	})
	Case("seek: a paused partition waits", func(t *T) {
		name := topic(t, 1)
		consumer := Must(sarama.NewConsumer(addresses(t), config()))
		defer consumer.Close()
		of := Must(consumer.ConsumePartition(name, 0, oldest))
		defer of.Close()
		of.Pause()
		True("paused", of.IsPaused())
		send(t, name, 0, 3)
		of.Resume()
		Same("resumed", Numbered(0, 3), values(take(t, of.Messages(), 3)))
	})
	Case("timestamps: the producer's are kept, and found", func(t *T) {
		name := topic(t, 1)
		one := producer(t)
		defer one.Close()
		base := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
		for at, value := range Numbered(0, 10) {
			sent := message(name, 0, value)
			sent.Timestamp = base.Add(time.Duration(at) * time.Minute)
			_, _, err := one.SendMessage(sent)
			Ok(err)
		}
		client := Must(sarama.NewClient(addresses(t), config()))
		defer client.Close()
		Same("by time", int64(3), Must(client.GetOffset(name, 0, base.Add(3*time.Minute-time.Second).UnixMilli())))
		Same("after the last", int64(-1), Must(client.GetOffset(name, 0, time.Now().UnixMilli())))
		Same("timestamp", base.UnixMilli(), read(t, name, 0, oldest, 1)[0].Timestamp.UnixMilli())
	})
	Case("timestamps: LogAppendTime is the broker's", func(t *T) {
		name := topic(t, 1, "message.timestamp.type", "LogAppendTime")
		one := producer(t)
		defer one.Close()
		before := time.Now().Add(-time.Second)
		sent := message(name, 0, "v0")
		sent.Timestamp = before.Add(-time.Hour)
		_, _, err := one.SendMessage(sent)
		Ok(err)
		True("its own time", read(t, name, 0, oldest, 1)[0].Timestamp.After(before))
	})
}

// many writes to 12 partitions and reads all, each partition in order.
func many(t *T, options ...setup) {
	const partitions, each = 12, 200
	name := topic(t, partitions)
	one := producer(t)
	defer one.Close()
	var messages []*sarama.ProducerMessage
	for at := range each {
		for partition := range int32(partitions) {
			messages = append(messages, message(name, partition, fmt.Sprintf("v%d", at)))
		}
	}
	Ok(one.SendMessages(messages))
	consumer := Must(sarama.NewConsumer(addresses(t), config(options...)))
	defer consumer.Close()
	for partition := range int32(partitions) {
		of := Must(consumer.ConsumePartition(name, partition, oldest))
		defer of.Close()
		Same("values", Numbered(0, each), values(take(t, of.Messages(), each)))
	}
}
