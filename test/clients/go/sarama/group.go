package main

import (
	"context"
	"sync"
	"time"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func groupCases() {
	for name, strategy := range map[string]sarama.BalanceStrategy{
		"range": sarama.NewBalanceStrategyRange(), "roundrobin": sarama.NewBalanceStrategyRoundRobin(),
		"sticky": sarama.NewBalanceStrategySticky(),
	} {
		Case("group: two members share the partitions ("+name+")", func(t *T) {
			share(t, func(all *sarama.Config) {
				all.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy}
			})
		})
	}
	Case("group: every message over joins and leaves, and none twice", everyOnce)
	Case("static membership: a member comes back to its partitions without a rebalance", func(t *T) {
		name, group := topic(t, 4), t.Unique("group")
		one := join(t, name, group, named("one"))
		defer one.leave()
		two := join(t, name, group, named("two"))
		one.holds(t, 2)
		two.holds(t, 2)
		before := two.generation()
		two.leave()
		again := join(t, name, group, named("two"))
		defer again.leave()
		again.holds(t, 2)
		Same("generation", before, again.generation())
	})
	Case("static membership: an administrator removes a member by its name", func(t *T) {
		name, group := topic(t, 2), t.Unique("group")
		one := join(t, name, group, named("one"))
		one.holds(t, 2)
		one.leave()
		adm := admin(t)
		defer adm.Close()
		left := Must(adm.RemoveMemberFromConsumerGroup(group, []string{"one"}))
		Same("error", sarama.ErrNoError, left.Err)
		t.Eventually("the group is empty", func() bool { return describe(t, group).State == "Empty" })
	})
	Case("commit: by hand, and a new member resumes there", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		byHand := func(all *sarama.Config) { all.Consumer.Offsets.AutoCommit.Enable = false }
		one := join(t, name, group, byHand)
		one.reads(t, 10)
		one.mu.Lock()
		one.session.MarkOffset(name, 0, 4, "why")
		one.session.Commit()
		one.mu.Unlock()
		one.leave()
		adm := admin(t)
		defer adm.Close()
		block := Must(adm.ListConsumerGroupOffsets(group, map[string][]int32{name: {0}})).GetBlock(name, 0)
		Same("committed", "4 why", Numbered(int(block.Offset), int(block.Offset)+1)[0][1:]+" "+block.Metadata)
		two := join(t, name, group, byHand)
		defer two.leave()
		two.reads(t, 6)
		Same("resumed", Numbered(4, 10), two.seen())
	})
	Case("commit: by the clock", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		one := join(t, name, group, func(all *sarama.Config) { all.Consumer.Offsets.AutoCommit.Interval = 50 * time.Millisecond })
		defer one.leave()
		one.reads(t, 10)
		adm := admin(t)
		defer adm.Close()
		t.Eventually("committed", func() bool {
			return Must(adm.ListConsumerGroupOffsets(group, map[string][]int32{name: {0}})).GetBlock(name, 0).Offset == 10
		})
	})
	Case("commit: an offset manager without a group's membership", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		client := Must(sarama.NewClient(addresses(t), config()))
		defer client.Close()
		manager := Must(sarama.NewOffsetManagerFromClient(group, client))
		of := Must(manager.ManagePartition(name, 0))
		of.MarkOffset(5, "note")
		manager.Commit()
		Ok(of.Close())
		Ok(manager.Close())
		again := Must(sarama.NewOffsetManagerFromClient(group, client))
		defer again.Close()
		of = Must(again.ManagePartition(name, 0))
		defer of.Close()
		offset, note := of.NextOffset()
		Same("offset", int64(5), offset)
		Same("note", "note", note)
	})
}

func named(id string) setup {
	return func(all *sarama.Config) { all.Consumer.Group.InstanceId = id }
}

// member is a handler that consumes by itself and knows what it holds.
type member struct {
	group   sarama.ConsumerGroup
	mu      sync.Mutex
	session sarama.ConsumerGroupSession
	held    []int32
	values  []string
	marks   bool
	stop    context.CancelFunc
	stopped chan struct{}
}

func join(t *T, topic, group string, options ...setup) *member {
	all := config(options...)
	one := &member{stopped: make(chan struct{}), marks: all.Consumer.Offsets.AutoCommit.Enable}
	one.group = Must(sarama.NewConsumerGroup(addresses(t), group, all))
	ctx, stop := context.WithCancel(t)
	one.stop = stop
	go func() {
		defer close(one.stopped)
		for ctx.Err() == nil {
			_ = one.group.Consume(ctx, []string{topic}, one) // It ends at each rebalance, and when the broker is gone.
		}
	}()
	return one
}

func (one *member) Setup(session sarama.ConsumerGroupSession) error {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.session, one.held = session, nil
	for _, partitions := range session.Claims() {
		one.held = partitions
	}
	return nil
}

func (one *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (one *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		one.mu.Lock()
		one.values = append(one.values, string(message.Value))
		if one.marks {
			session.MarkMessage(message, "")
		}
		one.mu.Unlock()
	}
	return nil
}

func (one *member) holds(t *T, wanted int) {
	t.Eventually("the member holds its partitions", func() bool {
		one.mu.Lock()
		defer one.mu.Unlock()
		return len(one.held) == wanted
	})
}

func (one *member) seen() []string {
	one.mu.Lock()
	defer one.mu.Unlock()
	return append([]string{}, one.values...)
}

func (one *member) reads(t *T, wanted int) {
	t.Eventually("the member reads", func() bool { return len(one.seen()) == wanted })
}

func (one *member) generation() int32 {
	one.mu.Lock()
	defer one.mu.Unlock()
	return one.session.GenerationID()
}

func (one *member) leave() {
	one.stop()
	<-one.stopped
	_ = one.group.Close()
}

func describe(t *T, group string) *sarama.GroupDescription {
	adm := admin(t)
	defer adm.Close()
	return Must(adm.DescribeConsumerGroups([]string{group}))[0]
}

func share(t *T, options ...setup) {
	name, group := topic(t, 6), t.Unique("group")
	one := join(t, name, group, options...)
	one.holds(t, 6)
	two := join(t, name, group, options...)
	one.holds(t, 3)
	two.holds(t, 3)
	t.Eventually("the group is stable", func() bool { return describe(t, group).State == "Stable" })
	Same("members", 2, len(describe(t, group).Members))
	one.leave()
	two.holds(t, 6)
	two.leave()
	t.Eventually("the group is empty", func() bool { return describe(t, group).State == "Empty" })
}

// everyOnce has members come and go while messages flow.
func everyOnce(t *T) {
	name, group := topic(t, 4), t.Unique("group")
	const all = 1200
	one := producer(t)
	defer one.Close()
	var members []*member
	for at, value := range Numbered(0, all) {
		_, _, err := one.SendMessage(message(name, int32(at%4), value))
		Ok(err)
		if at%500 == 0 {
			members = append(members, join(t, name, group))
			members[len(members)-1].holdsSome(t)
		}
	}
	members[0].leave()
	seen := map[string]int{}
	t.Eventually("all are read", func() bool {
		clear(seen)
		for _, one := range members {
			for _, value := range one.seen() {
				seen[value]++
			}
		}
		return len(seen) == all
	})
	for _, one := range members[1:] {
		one.leave()
	}
	for value, times := range seen {
		Same(value, 1, times)
	}
}

func (one *member) holdsSome(t *T) {
	t.Eventually("the member holds something", func() bool {
		one.mu.Lock()
		defer one.mu.Unlock()
		return len(one.held) > 0
	})
}
