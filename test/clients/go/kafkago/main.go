// Cases of kafka-go: its writer, its reader alone and in a group, and its client.
package main

import (
	"net"
	"time"

	"github.com/segmentio/kafka-go"

	. "skerry.test/clients/harness"
)

func main() {
	produceCases()
	consumeCases()
	groupCases()
	adminCases()
	Main()
}

func client(t *T) *kafka.Client {
	// A transport of its own: the shared one keeps connections of brokers that are gone.
	transport := &kafka.Transport{IdleTimeout: time.Second}
	return &kafka.Client{Addr: address(t), Timeout: 20 * time.Second, Transport: transport}
}

func address(t *T) net.Addr { return kafka.TCP(t.Bootstrap) }

func topic(t *T, partitions int, settings ...string) string {
	name := t.Unique("topic")
	wanted := kafka.TopicConfig{Topic: name, NumPartitions: partitions, ReplicationFactor: 1}
	for at := 0; at < len(settings); at += 2 {
		entry := kafka.ConfigEntry{ConfigName: settings[at], ConfigValue: settings[at+1]}
		wanted.ConfigEntries = append(wanted.ConfigEntries, entry)
	}
	made := Must(client(t).CreateTopics(t, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{wanted}}))
	Ok(made.Errors[name])
	t.Eventually("the topic is led", func() bool { _, end, err := ends(t, name, partitions-1); return err == nil && end == 0 })
	return name
}

// ends are the first and the next offset of a partition.
func ends(t *T, topic string, partition int) (int64, int64, error) {
	asked := map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(partition), kafka.LastOffsetOf(partition)}}
	listed, err := client(t).ListOffsets(t, &kafka.ListOffsetsRequest{Topics: asked})
	if err != nil {
		return 0, 0, err
	}
	of := listed.Topics[topic][0]
	return of.FirstOffset, of.LastOffset, of.Error
}

// to0 places every message on partition 0; kafka-go has no partition of a message's own.
var to0 = kafka.BalancerFunc(func(kafka.Message, ...int) int { return 0 })

func writer(t *T, topic string, options ...func(*kafka.Writer)) *kafka.Writer {
	one := &kafka.Writer{
		Addr: address(t), Topic: topic, Balancer: to0, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, MaxAttempts: 100, WriteBackoffMin: 20 * time.Millisecond,
		Transport: &kafka.Transport{MetadataTTL: 200 * time.Millisecond},
	}
	for _, option := range options {
		option(one)
	}
	return one
}

// send writes v`from`… to before v`to` to partition 0.
func send(t *T, topic string, from, to int, options ...func(*kafka.Writer)) {
	one := writer(t, topic, options...)
	defer one.Close()
	var messages []kafka.Message
	for _, value := range Numbered(from, to) {
		messages = append(messages, kafka.Message{Value: []byte(value)})
	}
	Ok(one.WriteMessages(t, messages...))
}

func reader(t *T, topic string, partition int, options ...func(*kafka.ReaderConfig)) *kafka.Reader {
	config := kafka.ReaderConfig{
		Brokers: []string{t.Bootstrap}, Topic: topic, Partition: partition, MaxWait: 200 * time.Millisecond,
		MaxBytes: 10_000_000, ReadBackoffMin: 10 * time.Millisecond, ReadBackoffMax: 100 * time.Millisecond,
	}
	for _, option := range options {
		option(&config)
	}
	return kafka.NewReader(config)
}

func take(t *T, from *kafka.Reader, wanted int) []kafka.Message {
	var messages []kafka.Message
	for len(messages) < wanted {
		messages = append(messages, Must(from.ReadMessage(t)))
	}
	return messages
}

// read gathers so many messages of a partition, from its start.
func read(t *T, topic string, partition, wanted int, options ...func(*kafka.ReaderConfig)) []kafka.Message {
	one := reader(t, topic, partition, options...)
	defer one.Close()
	return take(t, one, wanted)
}

func values(messages []kafka.Message) []string {
	texts := make([]string, 0, len(messages))
	for _, one := range messages {
		texts = append(texts, string(one.Value))
	}
	return texts
}
