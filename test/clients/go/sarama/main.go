// Cases of sarama: its producers, its consumer and consumer group, and its cluster admin.
package main

import (
	"time"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func main() {
	produceCases()
	consumeCases()
	groupCases()
	restartCases()
	adminCases()
	Main()
}

type setup = func(*sarama.Config)

func config(options ...setup) *sarama.Config {
	all := sarama.NewConfig()
	all.Version = sarama.MaxVersion
	all.ClientID = "sarama-cases"
	all.Producer.Return.Successes = true
	// With acks=1 the answer may come before the message can be read, here as in any cluster.
	all.Producer.RequiredAcks = sarama.WaitForAll
	all.Producer.Partitioner = sarama.NewManualPartitioner
	all.Producer.Retry.Max = 2000
	all.Producer.Retry.Backoff = 50 * time.Millisecond
	all.Metadata.Retry.Max = 2000
	all.Metadata.Retry.Backoff = 50 * time.Millisecond
	all.Consumer.Retry.Backoff = 50 * time.Millisecond
	all.Consumer.MaxWaitTime = 200 * time.Millisecond
	all.Consumer.Offsets.Initial = sarama.OffsetOldest
	all.Consumer.Group.Heartbeat.Interval = 100 * time.Millisecond
	for _, option := range options {
		option(all)
	}
	return all
}

func addresses(t *T) []string { return []string{t.Bootstrap} }

func admin(t *T) sarama.ClusterAdmin { return Must(sarama.NewClusterAdmin(addresses(t), config())) }

func topic(t *T, partitions int32, settings ...string) string {
	name := t.Unique("topic")
	detail := &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: map[string]*string{}}
	for at := 0; at < len(settings); at += 2 {
		detail.ConfigEntries[settings[at]] = &settings[at+1]
	}
	adm := admin(t)
	defer adm.Close()
	Ok(adm.CreateTopic(name, detail, false))
	client := Must(sarama.NewClient(addresses(t), config()))
	defer client.Close()
	t.Eventually("the topic is led", func() bool {
		_, err := client.GetOffset(name, partitions-1, sarama.OffsetNewest)
		return err == nil
	})
	return name
}

func message(topic string, partition int32, value string) *sarama.ProducerMessage {
	return &sarama.ProducerMessage{Topic: topic, Partition: partition, Value: sarama.StringEncoder(value)}
}

func producer(t *T, options ...setup) sarama.SyncProducer {
	return Must(sarama.NewSyncProducer(addresses(t), config(options...)))
}

// send writes v`from`… to before v`to` to partition 0.
func send(t *T, topic string, from, to int, options ...setup) {
	one := producer(t, options...)
	defer one.Close()
	var messages []*sarama.ProducerMessage
	for _, value := range Numbered(from, to) {
		messages = append(messages, message(topic, 0, value))
	}
	Ok(one.SendMessages(messages))
}

// read gathers so many messages of one partition, from an offset.
func read(t *T, topic string, partition int32, from int64, wanted int, options ...setup) []*sarama.ConsumerMessage {
	consumer := Must(sarama.NewConsumer(addresses(t), config(options...)))
	defer consumer.Close()
	of := Must(consumer.ConsumePartition(topic, partition, from))
	defer of.Close()
	return take(t, of.Messages(), wanted)
}

func take(t *T, from <-chan *sarama.ConsumerMessage, wanted int) []*sarama.ConsumerMessage {
	var messages []*sarama.ConsumerMessage
	deadline := time.After(40 * time.Second)
	for len(messages) < wanted {
		select {
		case one := <-from:
			messages = append(messages, one)
		case <-deadline:
			Fail("%d messages of %d within 40 s", len(messages), wanted)
		}
	}
	return messages
}

const oldest, newest = sarama.OffsetOldest, sarama.OffsetNewest

func values(messages []*sarama.ConsumerMessage) []string {
	texts := make([]string, 0, len(messages))
	for _, one := range messages {
		texts = append(texts, string(one.Value))
	}
	return texts
}
