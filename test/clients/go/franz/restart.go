package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	. "skerry.test/clients/harness"
)

func restartCases() {
	for _, how := range []string{"restart", "kill9"} {
		Case("restart: a running producer and group go on ("+how+")", func(t *T) { comesBack(t, how) })
		Case("idempotence: under load each record once and in order ("+how+")", func(t *T) { underLoad(t, how) })
	}
	Case("restart: what was acknowledged, its topic and its commits are there after kill -9", func(t *T) {
		name, group := topic(t, 1, "retention.ms", "123456789"), t.Unique("group")
		send(t, name, 0, 100)
		one := client(t, member(name, group)...)
		Same("read", Numbered(0, 100), values(poll(t, one, 100)))
		Ok(one.CommitUncommittedOffsets(t))
		one.Close()
		t.Ask("kill9")
		t.Ask("restart")
		Same("records", Numbered(0, 100), values(read(t, name, 0, start, 100)))
		adm := admin(t)
		defer adm.Close()
		at, _ := Must(adm.FetchOffsets(t, group)).Lookup(name, 0)
		Same("committed", int64(100), at.At)
		Same("setting", "123456789", setting(t, name, "retention.ms"))
	})
}

func gone(t *T, how string) {
	t.Ask(how)
	if how == "kill9" {
		t.Ask("restart")
	}
}

func comesBack(t *T, how string) {
	name, group := topic(t, 1), t.Unique("group")
	producer := client(t)
	defer producer.Close()
	consumer := join(t, name, group)
	defer consumer.leave()
	produce := func(first, last int) {
		for _, value := range Numbered(first, last) {
			Ok(producer.ProduceSync(t, record(name, 0, value)).FirstErr())
		}
	}
	reads := func(wanted int) {
		t.Eventually("the group reads on", func() bool {
			consumer.mu.Lock()
			defer consumer.mu.Unlock()
			seen := map[string]bool{}
			for _, value := range consumer.values {
				seen[value] = true
			}
			return len(seen) == wanted
		})
	}
	produce(0, 20)
	reads(20)
	gone(t, how)
	produce(20, 40)
	reads(40)
	Same("records", Numbered(0, 40), values(read(t, name, 0, start, 40)))
}

// underLoad ends the broker while batches are in flight: what is stored is each record once, in order.
func underLoad(t *T, how string) {
	name := topic(t, 1)
	producer := client(t, kgo.ProducerBatchMaxBytes(4_000), kgo.ProducerLinger(0), kgo.MaxBufferedRecords(500))
	defer producer.Close()
	var stop, failed atomic.Int64
	var sent int
	var writer sync.WaitGroup
	writer.Go(func() {
		for stop.Load() == 0 || sent < 3000 {
			producer.Produce(t, record(name, 0, Numbered(sent, sent+1)[0]), func(_ *kgo.Record, err error) {
				if err != nil {
					failed.Add(1)
				}
			})
			sent++
			if sent%50 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	})
	t.Eventually("records flow", func() bool { return flows(t, name) })
	gone(t, how)
	stop.Store(1)
	writer.Wait()
	Ok(producer.Flush(t))
	Same("failed", 0, failed.Load())
	Same("records", Numbered(0, sent), values(read(t, name, 0, start, sent)))
	adm := admin(t)
	defer adm.Close()
	Same("end", int64(sent), Must(adm.ListEndOffsets(t, name))[name][0].Offset)
}

func flows(t *T, topic string) bool {
	adm := admin(t)
	defer adm.Close()
	return Must(adm.ListEndOffsets(t, topic))[topic][0].Offset > 200
}
