package main

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	. "skerry.test/clients/harness"
)

func consumeCases() {
	Case("consume: many records over many partitions (fetch sessions)", func(t *T) { many(t) })
	Case("consume: without fetch sessions", func(t *T) { many(t, kgo.DisableFetchSessions()) })
	Case("consume: one fetch at a time, small answers", func(t *T) {
		many(t, kgo.MaxConcurrentFetches(1), kgo.FetchMaxBytes(20_000), kgo.FetchMaxPartitionBytes(4_000))
	})
	Case("consume: committed records only", func(t *T) { many(t, kgo.FetchIsolationLevel(kgo.ReadCommitted())) })
	Case("consume: with a rack", func(t *T) { many(t, kgo.Rack("r1")) })
	Case("consume: topics by a pattern, those made later too", func(t *T) {
		stem := t.Unique("pattern")
		adm := admin(t)
		defer adm.Close()
		made := func(name string) { Ok(Must(adm.CreateTopic(t, 1, 1, nil, name)).Err) }
		made(stem + "-a")
		made("not-" + stem)
		cl := client(t, kgo.ConsumeRegex(), kgo.ConsumeTopics("^"+regexp.QuoteMeta(stem)+"-.*"),
			kgo.MetadataMaxAge(200*time.Millisecond), kgo.ConsumeResetOffset(start))
		defer cl.Close()
		t.Eventually("the topics are led", func() bool {
			ends, err := adm.ListEndOffsets(t, stem+"-a", "not-"+stem)
			return err == nil && ends.Error() == nil
		})
		send(t, "not-"+stem, 5, 6)
		send(t, stem+"-a", 0, 1)
		Same("the first", Numbered(0, 1), values(poll(t, cl, 1)))
		made(stem + "-b")
		t.Eventually("the topic is led", func() bool {
			ends, err := adm.ListEndOffsets(t, stem+"-b")
			return err == nil && ends.Error() == nil
		})
		send(t, stem+"-b", 1, 2)
		Same("the later", Numbered(1, 2), values(poll(t, cl, 1)))
	})
	Case("consume: partitions are added to and removed from a running client", func(t *T) {
		name := topic(t, 2)
		send(t, name, 0, 3)
		cl := client(t, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: {1: start}}))
		defer cl.Close()
		cl.AddConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: start}})
		Same("values", Numbered(0, 3), values(poll(t, cl, 3)))
		cl.RemoveConsumePartitions(map[string][]int32{name: {0}})
		send(t, name, 3, 4)
		Ok(cl.ProduceSync(t, record(name, 1, "other")).FirstErr())
		Same("values", []string{"other"}, values(poll(t, cl, 1)))
	})
	Case("seek: the start, the end, an offset, and relative to them", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 10)
		Same("start", Numbered(0, 10), values(read(t, name, 0, start, 10)))
		Same("an offset", Numbered(4, 10), values(read(t, name, 0, kgo.NewOffset().At(4), 6)))
		Same("before the end", Numbered(8, 10), values(read(t, name, 0, kgo.NewOffset().AtEnd().Relative(-2), 2)))
		Same("after the start", Numbered(3, 10), values(read(t, name, 0, start.Relative(3), 7)))
	})
	Case("seek: a running consumer goes back, and to the end", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 5)
		cl := client(t, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: start}}))
		defer cl.Close()
		Same("first", Numbered(0, 5), values(poll(t, cl, 5)))
		cl.SetOffsets(map[string]map[int32]kgo.EpochOffset{name: {0: {Epoch: -1, Offset: 2}}})
		Same("again", Numbered(2, 5), values(poll(t, cl, 3)))
		cl.SetOffsets(map[string]map[int32]kgo.EpochOffset{name: {0: {Epoch: -1, Offset: -1}}})
		ctx, cancel := context.WithTimeout(t, 500*time.Millisecond)
		defer cancel()
		cl.PollFetches(ctx) // It finds the end; nothing tells when.
		send(t, name, 5, 6)
		got := poll(t, cl, 1)
		Same("from the end", int64(5), got[len(got)-1].Offset)
	})
	Case("seek: an offset out of range is reset, or told", func(t *T) {
		name := topic(t, 1)
		send(t, name, 0, 5)
		far := kgo.NewOffset().At(1000)
		Same("reset", Numbered(0, 5), values(read(t, name, 0, far, 5, kgo.ConsumeResetOffset(start))))
		at := kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: far}})
		cl := client(t, at, kgo.ConsumeResetOffset(kgo.NoResetOffset()), kgo.KeepRetryableFetchErrors())
		defer cl.Close()
		t.Eventually("told", func() bool {
			errs := cl.PollFetches(t).Errors()
			if len(errs) == 0 {
				return false
			}
			Is(errs[0].Err, kerr.OffsetOutOfRange)
			return true
		})
	})
	Case("seek: a paused partition waits", func(t *T) {
		name := topic(t, 2)
		cl := client(t, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: {0: start, 1: start}}))
		defer cl.Close()
		cl.PauseFetchPartitions(map[string][]int32{name: {0}})
		send(t, name, 0, 3)
		Ok(cl.ProduceSync(t, record(name, 1, "other")).FirstErr())
		Same("the other", []string{"other"}, values(poll(t, cl, 1)))
		cl.ResumeFetchPartitions(map[string][]int32{name: {0}})
		Same("resumed", Numbered(0, 3), values(poll(t, cl, 3)))
	})
	Case("timestamps: the producer's are kept, and found", func(t *T) {
		name := topic(t, 1)
		cl := client(t)
		defer cl.Close()
		base := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
		for at, value := range Numbered(0, 10) {
			sent := record(name, 0, value)
			sent.Timestamp = base.Add(time.Duration(at) * time.Minute)
			Ok(cl.ProduceSync(t, sent).FirstErr())
		}
		from := kgo.NewOffset().AfterMilli(base.Add(3*time.Minute - time.Second).UnixMilli())
		got := read(t, name, 0, from, 7)
		Same("values", Numbered(3, 10), values(got))
		Same("timestamp", base.Add(3*time.Minute).UnixMilli(), got[0].Timestamp.UnixMilli())
		adm := kadm.NewClient(cl)
		asked := Must(adm.ListOffsetsAfterMilli(t, base.Add(5*time.Minute).UnixMilli(), name))[name][0]
		Same("by time", []int64{5, base.Add(5 * time.Minute).UnixMilli()}, []int64{asked.Offset, asked.Timestamp})
		Same("after the last", int64(10), Must(adm.ListOffsetsAfterMilli(t, time.Now().UnixMilli(), name))[name][0].Offset)
		latest := Must(adm.ListMaxTimestampOffsets(t, name))[name][0]
		Same("of the latest", []int64{9, base.Add(9 * time.Minute).UnixMilli()}, []int64{latest.Offset, latest.Timestamp})
		Same("start", int64(0), Must(adm.ListStartOffsets(t, name))[name][0].Offset)
		Same("local start", int64(0), Must(adm.ListLocalLogStartOffsets(t, name))[name][0].Offset)
		Same("committed end", int64(10), Must(adm.ListCommittedOffsets(t, name))[name][0].Offset)
	})
	Case("timestamps: LogAppendTime is the broker's", func(t *T) {
		name := topic(t, 1, "message.timestamp.type", "LogAppendTime")
		cl := client(t)
		defer cl.Close()
		before := time.Now().Add(-time.Second)
		sent := record(name, 0, "v0")
		sent.Timestamp = before.Add(-time.Hour)
		Ok(cl.ProduceSync(t, sent).FirstErr())
		got := read(t, name, 0, start, 1)[0]
		True("its own time", got.Timestamp.After(before))
		Same("type", 1, int(got.Attrs.TimestampType()))
	})
}

// many writes to 12 partitions and reads all, each partition in order.
func many(t *T, options ...kgo.Opt) {
	const partitions, each = 12, 200
	name := topic(t, partitions)
	producer := client(t)
	defer producer.Close()
	for at := range each {
		for partition := range int32(partitions) {
			producer.Produce(t, record(name, partition, fmt.Sprintf("v%d", at)), nil)
		}
	}
	Ok(producer.Flush(t))
	cl := client(t, append([]kgo.Opt{kgo.ConsumeTopics(name), kgo.ConsumeResetOffset(start)}, options...)...)
	defer cl.Close()
	next := map[int32]int64{}
	for _, one := range poll(t, cl, partitions*each) {
		Same("offset", next[one.Partition], one.Offset)
		Same("value", fmt.Sprintf("v%d", one.Offset), string(one.Value))
		next[one.Partition]++
	}
}
