package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/IBM/sarama"

	. "skerry.test/clients/harness"
)

func restartCases() {
	for _, how := range []string{"restart", "kill9"} {
		Case("restart: a running producer and group go on ("+how+")", func(t *T) { comesBack(t, how) })
		Case("idempotence: under load each message once and in order ("+how+")", func(t *T) { underLoad(t, how) })
	}
}

func gone(t *T, how string) {
	t.Ask(how)
	if how == "kill9" {
		t.Ask("restart")
	}
}

func comesBack(t *T, how string) {
	name, group := topic(t, 1), t.Unique("group")
	one := producer(t, func(all *sarama.Config) { all.Producer.RequiredAcks = sarama.WaitForAll })
	defer one.Close()
	reader := join(t, name, group)
	defer reader.leave()
	produce := func(first, last int) {
		for _, value := range Numbered(first, last) {
			_, _, err := one.SendMessage(message(name, 0, value))
			Ok(err)
		}
	}
	reads := func(wanted int) {
		t.Eventually("the group reads on", func() bool {
			seen := map[string]bool{}
			for _, value := range reader.seen() {
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
	Same("messages", Numbered(0, 40), values(read(t, name, 0, oldest, 40)))
}

// underLoad ends the broker while messages are in flight: what is stored is each message once, in order.
func underLoad(t *T, how string) {
	name := topic(t, 1)
	one := Must(sarama.NewAsyncProducer(addresses(t), config(idempotent)))
	var stop atomic.Bool
	sent := make(chan int, 1)
	go func() {
		at := 0
		for ; !stop.Load() || at < 2000; at++ {
			one.Input() <- message(name, 0, fmt.Sprintf("v%d", at))
			if at%20 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		sent <- at
	}()
	var written atomic.Int64
	var failed []error
	told := make(chan struct{})
	go func() {
		for range one.Successes() {
			written.Add(1)
		}
		close(told)
	}()
	refused := make(chan struct{})
	go func() {
		for err := range one.Errors() {
			failed = append(failed, err)
		}
		close(refused)
	}()
	t.Eventually("messages flow", func() bool { return written.Load() > 200 })
	gone(t, how)
	stop.Store(true)
	all := <-sent
	// Closed before, it would refuse what it still has to try again.
	t.Eventually("all is told", func() bool { return written.Load() == int64(all) })
	one.AsyncClose()
	<-told
	<-refused
	if len(failed) > 0 {
		Fail("%d failed, the first and the last: %v, %v", len(failed), failed[0], failed[len(failed)-1])
	}
	Same("messages", Numbered(0, all), values(read(t, name, 0, oldest, all)))
}
