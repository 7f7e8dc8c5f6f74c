package main

import (
	"bytes"
	"errors"
	"sync/atomic"

	"github.com/segmentio/kafka-go"

	. "skerry.test/clients/harness"
)

func produceCases() {
	Case("connect: the broker, its controller, its partitions and its versions", func(t *T) {
		conn := Must(kafka.DialContext(t, "tcp", t.Bootstrap))
		defer conn.Close()
		Same("brokers", 1, len(Must(conn.Brokers())))
		Same("the controller", Must(conn.Brokers())[0].ID, Must(conn.Controller()).ID)
		True("it tells many APIs", len(Must(conn.ApiVersions())) > 40)
		name := topic(t, 3)
		Same("partitions", 3, len(Must(conn.ReadPartitions(name))))
		Ok(Must(client(t).ApiVersions(t, &kafka.ApiVersionsRequest{})).Error)
	})
	for name, acks := range map[string]kafka.RequiredAcks{
		"0": kafka.RequireNone, "1": kafka.RequireOne, "all": kafka.RequireAll,
	} {
		Case("produce: acks="+name, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 50, func(one *kafka.Writer) { one.RequiredAcks = acks })
			Same("values", Numbered(0, 50), values(read(t, name, 0, 50)))
		})
	}
	Case("produce: each balancer places every message", func(t *T) {
		for _, balancer := range []kafka.Balancer{
			&kafka.RoundRobin{}, &kafka.LeastBytes{}, &kafka.Hash{}, kafka.CRC32Balancer{}, kafka.Murmur2Balancer{},
		} {
			name := topic(t, 3)
			one := writer(t, name, func(one *kafka.Writer) { one.Balancer = balancer })
			var messages []kafka.Message
			for _, value := range Numbered(0, 90) {
				messages = append(messages, kafka.Message{Key: []byte(value), Value: []byte(value)})
			}
			Ok(one.WriteMessages(t, messages...))
			Ok(one.Close())
			all := int64(0)
			for partition := range 3 {
				_, end, err := ends(t, name, partition)
				Ok(err)
				all += end
			}
			Same("written", int64(90), all)
		}
	})
	Case("produce: null and empty values", func(t *T) {
		name := topic(t, 1)
		one := writer(t, name)
		defer one.Close()
		Ok(one.WriteMessages(t, kafka.Message{Key: []byte("k")}, kafka.Message{Key: []byte("k"), Value: []byte("v")}))
		got := read(t, name, 0, 2)
		Same("sizes", []int{0, 1}, []int{len(got[0].Value), len(got[1].Value)})
	})
	Case("produce: without waiting, told by a callback", func(t *T) {
		name := topic(t, 1)
		var written atomic.Int64
		one := writer(t, name, func(one *kafka.Writer) {
			one.Async = true
			one.Completion = func(messages []kafka.Message, err error) {
				if err == nil {
					written.Add(int64(len(messages)))
				}
			}
		})
		for _, value := range Numbered(0, 500) {
			Ok(one.WriteMessages(t, kafka.Message{Value: []byte(value)}))
		}
		Ok(one.Close())
		Same("written", int64(500), written.Load())
		Same("values", Numbered(0, 500), values(read(t, name, 0, 500)))
	})
	Case("produce: several topics by one writer, and by a bare connection", func(t *T) {
		first, second := topic(t, 1), topic(t, 1)
		one := writer(t, "")
		defer one.Close()
		Ok(one.WriteMessages(t, kafka.Message{Topic: first, Value: []byte("v0")}, kafka.Message{Topic: second, Value: []byte("v0")}))
		conn := Must(kafka.DialLeader(t, "tcp", t.Bootstrap, second, 0))
		defer conn.Close()
		Must(conn.WriteMessages(kafka.Message{Value: []byte("v1")}))
		Same("first", Numbered(0, 1), values(read(t, first, 0, 1)))
		Same("second", Numbered(0, 2), values(read(t, second, 0, 2)))
	})
	Case("produce: an unknown topic is made on demand", func(t *T) {
		name := t.Unique("made")
		one := writer(t, name, func(one *kafka.Writer) { one.AllowAutoTopicCreation = true })
		defer one.Close()
		// Kafka makes the topic and says that there is none: whoever tries again finds it.
		t.Eventually("it is written", func() bool { return one.WriteMessages(t, kafka.Message{Value: []byte("v0")}) == nil })
		Same("values", Numbered(0, 1), values(read(t, name, 0, 1)))
	})
	Case("produce: an unknown topic is refused (auto creation off)", func(t *T) {
		one := writer(t, t.Unique("never"), func(one *kafka.Writer) { one.MaxAttempts = 2 })
		defer one.Close()
		Is(one.WriteMessages(t, kafka.Message{Value: []byte("v")}), kafka.UnknownTopicOrPartition)
	})
	for _, codec := range []kafka.Compression{0, kafka.Gzip, kafka.Snappy, kafka.Lz4, kafka.Zstd} {
		name := map[bool]string{true: "none", false: codec.String()}[codec == 0]
		Case("compression: "+name, func(t *T) {
			name := topic(t, 1)
			send(t, name, 0, 500, func(one *kafka.Writer) { one.Compression = codec })
			Same("values", Numbered(0, 500), values(read(t, name, 0, 500)))
		})
	}
	Case("headers: names twice, no value, any bytes", func(t *T) {
		name := topic(t, 1)
		one := writer(t, name)
		defer one.Close()
		sent := []kafka.Header{{Key: "a", Value: []byte{0, 255}}, {Key: "a", Value: []byte("2")}, {Key: "ü", Value: []byte("3")}}
		Ok(one.WriteMessages(t, kafka.Message{Value: []byte("v"), Headers: sent}))
		Same("headers", sent, read(t, name, 0, 1)[0].Headers)
	})
	Case("large: a message near the limit passes, one over it is refused by the broker", func(t *T) {
		name := topic(t, 1, "max.message.bytes", "100000")
		one := writer(t, name, func(one *kafka.Writer) { one.BatchBytes, one.MaxAttempts = 900_000, 2 })
		defer one.Close()
		body := bytes.Repeat([]byte("x"), 99_000)
		Ok(one.WriteMessages(t, kafka.Message{Value: body}))
		err := one.WriteMessages(t, kafka.Message{Value: append(body, body...)})
		var each kafka.WriteErrors
		True("refused", errors.As(err, &each))
		Is(each[0], kafka.MessageSizeTooLarge)
		Ok(one.WriteMessages(t, kafka.Message{Value: []byte("after")}))
		got := read(t, name, 0, 2)
		Same("sizes", []int{99_000, 5}, []int{len(got[0].Value), len(got[1].Value)})
	})
	Case("large: messages of most of a megabyte", func(t *T) {
		name := topic(t, 1)
		one := writer(t, name)
		defer one.Close()
		body := bytes.Repeat([]byte("y"), 800_000)
		for range 3 {
			Ok(one.WriteMessages(t, kafka.Message{Value: body}))
		}
		True("whole", bytes.Equal(body, read(t, name, 0, 3)[2].Value))
	})
	for _, how := range []string{"restart", "kill9"} {
		Case("restart: a running writer and group go on ("+how+")", func(t *T) { comesBack(t, how) })
	}
}

func comesBack(t *T, how string) {
	name, group := topic(t, 1), t.Unique("group")
	one := writer(t, name)
	defer one.Close()
	member := join(t, name, group)
	defer member.leave()
	produce := func(first, last int) {
		for _, value := range Numbered(first, last) {
			// It gives up when a partition has no leader for a moment. Without idempotence a try again may double.
			t.Eventually("it is written", func() bool {
				return one.WriteMessages(t, kafka.Message{Value: []byte(value)}) == nil
			})
		}
	}
	produce(0, 20)
	member.reads(t, 20)
	t.Ask(how)
	if how == "kill9" {
		t.Ask("restart")
	}
	produce(20, 40)
	member.reads(t, 40)
	_, end, err := ends(t, name, 0)
	Ok(err)
	True("nothing is lost", end >= 40)
}
