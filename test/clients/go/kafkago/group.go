package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	. "skerry.test/clients/harness"
)

func groupCases() {
	for name, balancer := range map[string]kafka.GroupBalancer{
		"range": kafka.RangeGroupBalancer{}, "roundrobin": kafka.RoundRobinGroupBalancer{},
		"rack affinity": kafka.RackAffinityGroupBalancer{Rack: "r1"},
	} {
		Case("group: two members share the partitions ("+name+")", func(t *T) {
			share(t, func(config *kafka.ReaderConfig) { config.GroupBalancers = []kafka.GroupBalancer{balancer} })
		})
	}
	Case("group: every message over joins and leaves", func(t *T) {
		name, group := topic(t, 4), t.Unique("group")
		one := writer(t, name, func(one *kafka.Writer) { one.Balancer = &kafka.RoundRobin{} })
		defer one.Close()
		first := join(t, name, group)
		write := func(from, to int) {
			for _, value := range Numbered(from, to) {
				Ok(one.WriteMessages(t, kafka.Message{Value: []byte(value)}))
			}
		}
		write(0, 100)
		first.reads(t, 100)
		second := join(t, name, group)
		defer second.leave()
		members(t, group, 2)
		write(100, 200)
		first.leave()
		write(200, 300)
		t.Eventually("all are read", func() bool {
			seen := map[string]bool{}
			for _, value := range append(first.seen(), second.seen()...) {
				seen[value] = true
			}
			return len(seen) == 300
		})
	})
	Case("group: topics of several names, and partitions that are added are found", func(t *T) {
		first, second, group := topic(t, 1), topic(t, 1), t.Unique("group")
		one := join(t, "", group, func(config *kafka.ReaderConfig) {
			config.GroupTopics = []string{first, second}
			config.WatchPartitionChanges = true
			config.PartitionWatchInterval = 200 * time.Millisecond
		})
		defer one.leave()
		send(t, first, 0, 1)
		send(t, second, 1, 2)
		one.reads(t, 2)
		grow := kafka.TopicPartitionsConfig{Name: first, Count: 2}
		grown := Must(client(t).CreatePartitions(t, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{grow}}))
		Ok(grown.Errors[first])
		t.Eventually("the partition is led", func() bool { _, _, err := ends(t, first, 1); return err == nil })
		send(t, first, 2, 3, func(one *kafka.Writer) {
			one.Balancer = kafka.BalancerFunc(func(kafka.Message, ...int) int { return 1 })
		})
		one.reads(t, 3)
	})
	Case("commit: by hand, and a new member resumes there", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		one := reader(t, name, 0, inGroup(group))
		for range 4 {
			last := Must(one.FetchMessage(t))
			Ok(one.CommitMessages(t, last))
		}
		Ok(one.Close())
		Same("committed", int64(4), committed(t, group, name))
		two := reader(t, name, 0, inGroup(group))
		defer two.Close()
		Same("resumed", Numbered(4, 10), values(take(t, two, 6)))
	})
	Case("commit: by the clock", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		one := reader(t, name, 0, inGroup(group), func(config *kafka.ReaderConfig) { config.CommitInterval = 50 * time.Millisecond })
		defer one.Close()
		take(t, one, 10)
		t.Eventually("committed", func() bool { return committed(t, group, name) == 10 })
	})
	Case("commit: by a generation of its own group", func(t *T) {
		name, group := topic(t, 2), t.Unique("group")
		one := Must(kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{ID: group, Brokers: []string{t.Bootstrap}, Topics: []string{name}}))
		defer one.Close()
		generation := Must(one.Next(t))
		Same("assigned", 2, len(generation.Assignments[name]))
		Ok(generation.CommitOffsets(map[string]map[int]int64{name: {0: 7}}))
		Same("committed", int64(7), committed(t, group, name))
	})
}

func inGroup(group string) func(*kafka.ReaderConfig) {
	return func(config *kafka.ReaderConfig) {
		config.GroupID, config.Partition, config.StartOffset = group, 0, kafka.FirstOffset
		config.HeartbeatInterval = 100 * time.Millisecond
		config.JoinGroupBackoff = 50 * time.Millisecond
		config.RebalanceTimeout = 5 * time.Second
	}
}

func committed(t *T, group, topic string) int64 {
	fetched := Must(client(t).OffsetFetch(t, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: {0}}}))
	Ok(fetched.Error)
	return fetched.Topics[topic][0].CommittedOffset
}

// member reads by itself.
type member struct {
	mu     sync.Mutex
	values []string
	stop   func()
}

func join(t *T, topic, group string, options ...func(*kafka.ReaderConfig)) *member {
	from := reader(t, topic, 0, append([]func(*kafka.ReaderConfig){inGroup(group)}, options...)...)
	ctx, cancel := context.WithCancel(t)
	stopped := make(chan struct{})
	one := &member{}
	one.stop = sync.OnceFunc(func() { cancel(); <-stopped; _ = from.Close() })
	go func() {
		defer close(stopped)
		for ctx.Err() == nil {
			message, err := from.FetchMessage(ctx)
			if err != nil {
				continue // The broker may be away: the reader goes on when it is back.
			}
			one.mu.Lock()
			one.values = append(one.values, string(message.Value))
			one.mu.Unlock()
			// Not ReadMessage: stopped within its commit it gives no message, though the commit may have been made.
			_ = from.CommitMessages(ctx, message)
		}
	}()
	return one
}

func (one *member) leave() { one.stop() }

func (one *member) seen() []string {
	one.mu.Lock()
	defer one.mu.Unlock()
	return append([]string{}, one.values...)
}

func (one *member) reads(t *T, wanted int) {
	t.Eventually("the member reads", func() bool {
		seen := map[string]bool{}
		for _, value := range one.seen() {
			seen[value] = true
		}
		return len(seen) == wanted
	})
}

func describe(t *T, group string) kafka.DescribeGroupsResponseGroup {
	described := Must(client(t).DescribeGroups(t, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}})).Groups[0]
	// Kafka's coordinator comes up with the first group that asks for it.
	if !errors.Is(described.Error, kafka.NotCoordinatorForGroup) && !errors.Is(described.Error, kafka.GroupLoadInProgress) {
		Ok(described.Error)
	}
	return described
}

func members(t *T, group string, wanted int) {
	t.Eventually("the group has its members", func() bool {
		described := describe(t, group)
		return described.GroupState == "Stable" && len(described.Members) == wanted
	})
}

func share(t *T, options ...func(*kafka.ReaderConfig)) {
	name, group := topic(t, 6), t.Unique("group")
	one := join(t, name, group, options...)
	members(t, group, 1)
	two := join(t, name, group, options...)
	members(t, group, 2)
	for _, member := range describe(t, group).Members {
		Same("share", 3, len(member.MemberAssignments.Topics[0].Partitions))
	}
	one.leave()
	members(t, group, 1)
	two.leave()
	t.Eventually("the group is empty", func() bool { return describe(t, group).GroupState == "Empty" })
}
