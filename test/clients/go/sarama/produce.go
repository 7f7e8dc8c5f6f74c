package main

import (
	"bytes"
	"time"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func idempotent(all *sarama.Config) {
	all.Producer.Idempotent = true
	all.Producer.RequiredAcks = sarama.WaitForAll
	all.Net.MaxOpenRequests = 1
}

func produceCases() {
	Case("connect: the broker, its controller and its versions", func(t *T) {
		client := Must(sarama.NewClient(addresses(t), config()))
		defer client.Close()
		Same("brokers", 1, len(client.Brokers()))
		Same("the controller", client.Brokers()[0].ID(), Must(client.Controller()).ID())
		broker := client.Brokers()[0]
		if !Must(broker.Connected()) {
			Ok(broker.Open(client.Config()))
		}
		versions := Must(broker.ApiVersions(&sarama.ApiVersionsRequest{Version: 3, ClientSoftwareName: "sarama", ClientSoftwareVersion: "1"}))
		True("it tells many APIs", len(versions.ApiKeys) > 40)
	})
	Case("connect: as a client of each older protocol", func(t *T) {
		name := topic(t, 1)
		for at, version := range []sarama.KafkaVersion{sarama.V1_0_0_0, sarama.V2_1_0_0, sarama.V2_8_0_0, sarama.V3_6_0_0} {
			old := func(all *sarama.Config) { all.Version = version }
			send(t, name, at, at+1, old)
			Same(version.String(), Numbered(0, at+1), values(read(t, name, 0, oldest, at+1, old)))
		}
	})
	Case("produce: each partition numbers its own messages", func(t *T) {
		name := topic(t, 3)
		one := producer(t)
		defer one.Close()
		for at := range int64(4) {
			for of := range int32(3) {
				partition, offset, err := one.SendMessage(message(name, of, "v"))
				Ok(err)
				Same("partition and offset", []int64{int64(of), at}, []int64{int64(partition), offset})
			}
		}
	})
	for name, acks := range map[string]sarama.RequiredAcks{
		"0": sarama.NoResponse, "1": sarama.WaitForLocal, "all": sarama.WaitForAll,
	} {
		Case("produce: acks="+name, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 50, func(all *sarama.Config) { all.Producer.RequiredAcks = acks })
			Same("values", Numbered(0, 50), values(read(t, name, 0, oldest, 50)))
		})
	}
	Case("produce: a key keeps its partition", func(t *T) {
		name := topic(t, 7)
		one := producer(t, func(all *sarama.Config) { all.Producer.Partitioner = sarama.NewHashPartitioner })
		defer one.Close()
		keyed := func() int32 {
			sent := message(name, 0, "v")
			sent.Key = sarama.StringEncoder("skerry")
			partition, _, err := one.SendMessage(sent)
			Ok(err)
			return partition
		}
		Same("partition", keyed(), keyed())
	})
	Case("produce: null and empty keys and values", func(t *T) {
		name := topic(t, 1)
		one := producer(t)
		defer one.Close()
		empty := message(name, 0, "")
		empty.Key = sarama.StringEncoder("")
		Ok(one.SendMessages([]*sarama.ProducerMessage{{Topic: name}, empty}))
		got := read(t, name, 0, oldest, 2)
		True("null stays null", got[0].Key == nil && got[0].Value == nil)
		True("empty stays empty", got[1].Key != nil && got[1].Value != nil && len(got[1].Key)+len(got[1].Value) == 0)
	})
	Case("produce: the asynchronous producer gathers and tells", func(t *T) {
		name := topic(t, 2)
		one := Must(sarama.NewAsyncProducer(addresses(t), config(func(all *sarama.Config) {
			all.Producer.Flush.Messages = 100
			all.Producer.Flush.Frequency = 20 * time.Millisecond
			all.Producer.Partitioner = sarama.NewRoundRobinPartitioner
		})))
		go func() {
			for _, value := range Numbered(0, 1000) {
				one.Input() <- message(name, 0, value)
			}
			one.AsyncClose()
		}()
		told := 0
		for range one.Successes() {
			told++
		}
		Same("told", 1000, told)
		Same("halves", 500, len(read(t, name, 1, oldest, 500)))
	})
	Case("produce: an unknown topic is made on demand", func(t *T) {
		name := t.Unique("made")
		send(t, name, 0, 1)
		Same("values", Numbered(0, 1), values(read(t, name, 0, oldest, 1)))
	})
	Case("produce: an unknown topic is refused (auto creation off)", func(t *T) {
		one := producer(t, func(all *sarama.Config) { all.Metadata.Retry.Max, all.Producer.Retry.Max = 1, 1 })
		defer one.Close()
		_, _, err := one.SendMessage(message(t.Unique("never"), 0, "v"))
		Is(err, sarama.ErrUnknownTopicOrPartition)
	})
	Case("produce: a topic is made again under a running producer and consumer (auto creation off)", remade)
	Case("idempotence: in order and once", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 2000, idempotent, func(all *sarama.Config) { all.Producer.Flush.MaxMessages = 50 })
		Same("values", Numbered(0, 2000), values(read(t, name, 0, oldest, 2000)))
	})
	for codec, compression := range map[string]sarama.CompressionCodec{
		"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
		"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
	} {
		Case("compression: "+codec, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 500, func(all *sarama.Config) { all.Producer.Compression = compression })
			Same("values", Numbered(0, 500), values(read(t, name, 0, oldest, 500)))
		})
	}
	Case("headers: names twice, no value, any bytes", func(t *T) {
		name := topic(t, 1)
		sent := message(name, 0, "v")
		sent.Headers = []sarama.RecordHeader{
			{Key: []byte("a"), Value: []byte{0, 255}}, {Key: []byte("a"), Value: []byte("2")}, {Key: []byte("ü"), Value: nil},
		}
		one := producer(t)
		defer one.Close()
		_, _, err := one.SendMessage(sent)
		Ok(err)
		got := read(t, name, 0, oldest, 1)[0].Headers
		Same("headers", 3, len(got))
		for at, header := range got {
			Same("header", sent.Headers[at], *header)
		}
	})
	Case("large: a message near the limit passes, one over it is refused by the broker", func(t *T) {
		name := topic(t, 1, "max.message.bytes", "100000")
		one := producer(t)
		defer one.Close()
		body := bytes.Repeat([]byte("x"), 99_000)
		_, _, err := one.SendMessage(&sarama.ProducerMessage{Topic: name, Value: sarama.ByteEncoder(body)})
		Ok(err)
		_, _, err = one.SendMessage(&sarama.ProducerMessage{Topic: name, Value: sarama.ByteEncoder(append(body, body...))})
		Is(err, sarama.ErrMessageSizeTooLarge)
		_, _, err = one.SendMessage(message(name, 0, "after"))
		Ok(err)
		got := read(t, name, 0, oldest, 2)
		Same("sizes", []int{99_000, 5}, []int{len(got[0].Value), len(got[1].Value)})
	})
	Case("large: a message over the fetch's limits comes whole (KIP-74)", func(t *T) {
		name := topic(t, 1)
		one := producer(t)
		defer one.Close()
		body := bytes.Repeat([]byte("y"), 800_000)
		for range 3 {
			_, _, err := one.SendMessage(&sarama.ProducerMessage{Topic: name, Value: sarama.ByteEncoder(body)})
			Ok(err)
		}
		got := read(t, name, 0, oldest, 3, func(all *sarama.Config) { all.Consumer.Fetch.Default = 1000 })
		True("whole", bytes.Equal(body, got[2].Value))
	})
}

// remade deletes a topic under a producer and a consumer and makes it again.
func remade(t *T) {
	name := topic(t, 1)
	adm := admin(t)
	defer adm.Close()
	one := producer(t)
	defer one.Close()
	_, _, err := one.SendMessage(message(name, 0, "before"))
	Ok(err)
	consumer := Must(sarama.NewConsumer(addresses(t), config()))
	defer consumer.Close()
	of := Must(consumer.ConsumePartition(name, 0, oldest))
	Same("before", []string{"before"}, values(take(t, of.Messages(), 1)))
	Ok(adm.DeleteTopic(name))
	t.Eventually("the topic is made again", func() bool {
		return adm.CreateTopic(name, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false) == nil
	})
	t.Eventually("the producer writes to the new topic", func() bool {
		_, offset, err := one.SendMessage(message(name, 0, "after"))
		return err == nil && offset == 0
	})
	// The old position is out of range: sarama then ends the partition's consumer, and the application asks anew.
	of.AsyncClose()
	t.Eventually("the consumer lets go of the partition", func() bool {
		again, err := consumer.ConsumePartition(name, 0, oldest)
		if err != nil {
			return false
		}
		of = again
		return true
	})
	defer of.Close()
	Same("after", []string{"after"}, values(take(t, of.Messages(), 1)))
}
