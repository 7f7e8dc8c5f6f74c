// Cases of franz-go: kgo, the client, and kadm, its admin.
package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

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

func client(t *T, options ...kgo.Opt) *kgo.Client {
	quick := []kgo.Opt{
		kgo.SeedBrokers(t.Bootstrap),
		kgo.MetadataMinAge(50 * time.Millisecond),
		kgo.RetryBackoffFn(func(int) time.Duration { return 20 * time.Millisecond }),
		kgo.FetchMaxWait(200 * time.Millisecond),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}
	return Must(kgo.NewClient(append(quick, options...)...))
}

func admin(t *T) *kadm.Client { return kadm.NewClient(client(t)) }

func topic(t *T, partitions int32, settings ...string) string {
	name := t.Unique("topic")
	all := map[string]*string{}
	for at := 0; at < len(settings); at += 2 {
		all[settings[at]] = &settings[at+1]
	}
	cl := admin(t)
	defer cl.Close()
	created := Must(cl.CreateTopics(t, partitions, 1, all, name))
	Ok(created[name].Err)
	t.Eventually("the topic is led", func() bool {
		ends, err := cl.ListEndOffsets(t, name)
		return err == nil && ends.Error() == nil && len(ends[name]) == int(partitions)
	})
	return name
}

func record(topic string, partition int32, value string) *kgo.Record {
	return &kgo.Record{Topic: topic, Partition: partition, Value: []byte(value)}
}

// send writes v`from`… to before v`to` to partition 0.
func send(t *T, topic string, from, to int, options ...kgo.Opt) {
	cl := client(t, options...)
	defer cl.Close()
	var records []*kgo.Record
	for _, value := range Numbered(from, to) {
		records = append(records, record(topic, 0, value))
	}
	Ok(cl.ProduceSync(t, records...).FirstErr())
}

// poll gathers records until there are so many.
func poll(t *T, cl *kgo.Client, wanted int) []*kgo.Record {
	var records []*kgo.Record
	ctx, cancel := context.WithTimeout(t, 40*time.Second)
	defer cancel()
	for len(records) < wanted {
		fetched := cl.PollFetches(ctx)
		Ok(fetched.Err())
		records = append(records, fetched.Records()...)
	}
	return records
}

// read gathers so many records of one partition, from an offset.
func read(t *T, topic string, partition int32, from kgo.Offset, wanted int, options ...kgo.Opt) []*kgo.Record {
	at := map[string]map[int32]kgo.Offset{topic: {partition: from}}
	cl := client(t, append([]kgo.Opt{kgo.ConsumePartitions(at)}, options...)...)
	defer cl.Close()
	return poll(t, cl, wanted)
}

var start = kgo.NewOffset().AtStart()

func values(records []*kgo.Record) []string {
	texts := make([]string, 0, len(records))
	for _, one := range records {
		texts = append(texts, string(one.Value))
	}
	return texts
}
