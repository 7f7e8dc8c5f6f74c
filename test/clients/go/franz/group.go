package main

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	. "skerry.test/clients/harness"
)

func groupCases() {
	for feature, balancer := range map[string]kgo.GroupBalancer{
		"group: two members share the partitions (range)":                                 kgo.RangeBalancer(),
		"group: two members share the partitions (roundrobin)":                            kgo.RoundRobinBalancer(),
		"group: two members share the partitions (sticky)":                                kgo.StickyBalancer(),
		"cooperative: two members share the partitions, one hands over only what it must": kgo.CooperativeStickyBalancer(),
	} {
		Case(feature, func(t *T) { share(t, balancer) })
	}
	Case("group: every record once over joins and leaves", everyOnce)
	Case("group: a member that vanishes is removed after its session", func(t *T) {
		name, group := topic(t, 2), t.Unique("group")
		gone := join(t, name, group, kgo.SessionTimeout(6*time.Second), kgo.InstanceID("gone"))
		gone.holds(t, 2)
		gone.vanish()
		stays := join(t, name, group, kgo.SessionTimeout(6*time.Second))
		defer stays.leave()
		stays.holds(t, 2)
	})
	Case("static membership: a member comes back to its partitions without a rebalance", func(t *T) {
		name, group := topic(t, 4), t.Unique("group")
		one := join(t, name, group, kgo.InstanceID("one"))
		defer one.leave()
		two := join(t, name, group, kgo.InstanceID("two"))
		one.holds(t, 2)
		two.holds(t, 2)
		_, before := one.cl.GroupMetadata()
		two.vanish()
		again := join(t, name, group, kgo.InstanceID("two"))
		defer again.leave()
		again.holds(t, 2)
		_, after := again.cl.GroupMetadata()
		Same("generation", before, after)
		described := describe(t, group)
		ids := map[string]bool{}
		for _, member := range described.Members {
			ids[*member.InstanceID] = true
		}
		Same("instances", map[string]bool{"one": true, "two": true}, ids)
	})
	Case("static membership: an administrator removes a member by its name", func(t *T) {
		name, group := topic(t, 2), t.Unique("group")
		one := join(t, name, group, kgo.InstanceID("one"))
		one.holds(t, 2)
		one.vanish()
		adm := admin(t)
		defer adm.Close()
		left := Must(adm.LeaveGroup(t, kadm.LeaveGroup(group).Reason("a case").InstanceIDs("one")))
		Ok(left.Error())
		t.Eventually("the group is empty", func() bool { return describe(t, group).State == "Empty" })
	})
	Case("commit: by hand, and a new member resumes there", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		one := client(t, member(name, group, kgo.DisableAutoCommit())...)
		Same("first", Numbered(0, 10), values(poll(t, one, 10)))
		Ok(one.CommitRecords(t, &kgo.Record{Topic: name, Partition: 0, Offset: 3, LeaderEpoch: 0}))
		Same("committed", int64(4), one.CommittedOffsets()[name][0].Offset)
		one.Close()
		two := client(t, member(name, group, kgo.DisableAutoCommit())...)
		defer two.Close()
		Same("resumed", Numbered(4, 10), values(poll(t, two, 6)))
	})
	Case("commit: by the clock, of what was marked", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 10)
		one := client(t, member(name, group, kgo.AutoCommitMarks(), kgo.AutoCommitInterval(100*time.Millisecond))...)
		got := poll(t, one, 10)
		one.MarkCommitRecords(got[:6]...)
		adm := admin(t)
		defer adm.Close()
		t.Eventually("committed", func() bool {
			offsets, err := adm.FetchOffsets(t, group)
			at, _ := offsets.Lookup(name, 0)
			return err == nil && at.At == 6
		})
		one.Close()
		two := client(t, member(name, group)...)
		defer two.Close()
		Same("resumed", Numbered(6, 10), values(poll(t, two, 4)))
	})
	Case("commit: with metadata, and stable offsets asked for", func(t *T) {
		name, group := topic(t, 1), t.Unique("group")
		send(t, name, 0, 2)
		adm := admin(t)
		defer adm.Close()
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: name, Partition: 0, At: 1, LeaderEpoch: 0, Metadata: "why"})
		Ok(adm.CommitAllOffsets(t, group, offsets))
		at, _ := Must(adm.FetchOffsets(t, group)).Lookup(name, 0)
		Same("metadata", "why", at.Metadata)
		cl := client(t, member(name, group, kgo.RequireStableFetchOffsets())...)
		defer cl.Close()
		Same("resumed", Numbered(1, 2), values(poll(t, cl, 1)))
	})
}

func member(topic, group string, options ...kgo.Opt) []kgo.Opt {
	return append([]kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(start),
		kgo.HeartbeatInterval(100 * time.Millisecond),
	}, options...)
}

// joined is a member that polls by itself and knows what it holds.
type joined struct {
	cl     *kgo.Client
	mu     sync.Mutex
	held   map[int32]bool
	lost   int
	values []string
	closed chan struct{}
}

func join(t *T, topic, group string, options ...kgo.Opt) *joined {
	one := &joined{held: map[int32]bool{}, closed: make(chan struct{})}
	assigned := func(_ context.Context, _ *kgo.Client, added map[string][]int32) { one.change(added[topic], true) }
	lost := func(_ context.Context, _ *kgo.Client, gone map[string][]int32) { one.change(gone[topic], false) }
	revoked := func(ctx context.Context, cl *kgo.Client, gone map[string][]int32) {
		_ = cl.CommitUncommittedOffsets(ctx) // What is read but not committed would be read twice: a case counts that.
		one.change(gone[topic], false)
	}
	one.cl = client(t, append(member(topic, group, kgo.OnPartitionsAssigned(assigned), kgo.OnPartitionsRevoked(revoked),
		kgo.OnPartitionsLost(lost), kgo.BlockRebalanceOnPoll()), options...)...)
	go func() {
		defer close(one.closed)
		for {
			fetched := one.cl.PollFetches(t)
			if fetched.IsClientClosed() || t.Err() != nil {
				return
			}
			one.mu.Lock()
			one.values = append(one.values, values(fetched.Records())...)
			one.mu.Unlock()
			one.cl.AllowRebalance()
		}
	}()
	return one
}

func (one *joined) change(partitions []int32, holds bool) {
	one.mu.Lock()
	defer one.mu.Unlock()
	for _, partition := range partitions {
		if holds {
			one.held[partition] = true
		} else if one.held[partition] {
			delete(one.held, partition)
			one.lost++
		}
	}
}

func (one *joined) count() int {
	one.mu.Lock()
	defer one.mu.Unlock()
	return len(one.held)
}

func (one *joined) holds(t *T, wanted int) {
	t.Eventually("the member holds its partitions", func() bool { return one.count() == wanted })
}

func (one *joined) leave() {
	one.cl.CloseAllowingRebalance()
	<-one.closed
}

// vanish ends a member that has a name without telling the group, as static members do.
func (one *joined) vanish() { one.leave() }

func describe(t *T, group string) kadm.DescribedGroup {
	adm := admin(t)
	defer adm.Close()
	described := Must(adm.DescribeGroups(t, group))[group]
	Ok(described.Err)
	return described
}

func share(t *T, balancer kgo.GroupBalancer) {
	name, group := topic(t, 6), t.Unique("group")
	one := join(t, name, group, kgo.Balancers(balancer))
	one.holds(t, 6)
	two := join(t, name, group, kgo.Balancers(balancer))
	one.holds(t, 3)
	two.holds(t, 3)
	described := describe(t, group)
	Same("state and protocol", []string{"Stable", balancer.ProtocolName()}, []string{described.State, described.Protocol})
	if balancer.IsCooperative() {
		Same("handed over", 3, one.lost)
	}
	one.leave()
	two.holds(t, 6)
	two.leave()
	t.Eventually("the group is empty", func() bool { return describe(t, group).State == "Empty" })
}

// everyOnce has members come and go while records flow.
func everyOnce(t *T) {
	name, group := topic(t, 4), t.Unique("group")
	const all = 2000
	producer := client(t)
	defer producer.Close()
	var members []*joined
	for at, value := range Numbered(0, all) {
		producer.Produce(t, record(name, int32(at%4), value), nil)
		if at%500 == 0 {
			Ok(producer.Flush(t))
			members = append(members, join(t, name, group, kgo.Balancers(kgo.CooperativeStickyBalancer())))
			members[len(members)-1].holdsSome(t)
		}
	}
	Ok(producer.Flush(t))
	members[0].leave()
	seen := map[string]int{}
	t.Eventually("all are read", func() bool {
		clear(seen)
		for _, one := range members {
			one.mu.Lock()
			for _, value := range one.values {
				seen[value]++
			}
			one.mu.Unlock()
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

func (one *joined) holdsSome(t *T) {
	t.Eventually("the member holds something", func() bool { return one.count() > 0 })
}
