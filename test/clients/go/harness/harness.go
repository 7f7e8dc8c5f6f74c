// Package harness holds what the Go clients' cases share: the conversation with the driver (see foreign.ts), names,
// waiting, checks. A check that fails panics, so cases check on the goroutine they were called on.
package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"time"
)

// T is what one run of a case may reach; its context ends with the case.
type T struct {
	context.Context
	Bootstrap string
}

type failure string

var (
	in    = bufio.NewReader(os.Stdin)
	names []string
	cases = map[string]func(*T){}
	count int
)

// Case registers a function under the name `feature: detail` that the driver asks for.
func Case(name string, body func(*T)) {
	if cases[name] != nil {
		panic("two cases are named " + name)
	}
	names = append(names, name)
	cases[name] = body
}

// Main runs the cases that the driver asks for, until it goes.
func Main() {
	say(map[string]any{"cases": names})
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		bootstrap, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if problem := run(bootstrap, name); problem == "" {
			say(map[string]any{"case": name, "ok": true})
		} else {
			say(map[string]any{"case": name, "ok": false, "error": problem})
		}
	}
}

func run(bootstrap, name string) (problem string) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	defer func() {
		switch wrong := recover().(type) {
		case nil:
		case failure:
			problem = string(wrong) + "\n" + string(debug.Stack())
		default:
			problem = fmt.Sprintf("%v\n%s", wrong, debug.Stack())
		}
	}()
	body := cases[name]
	if body == nil {
		return "no such case"
	}
	body(&T{ctx, bootstrap})
	return ""
}

func say(what map[string]any) {
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// Ask has the driver do something to the broker: `kill9` or `restart`.
func (t *T) Ask(what string) {
	say(map[string]any{"ask": what})
	if line, err := in.ReadString('\n'); err != nil || line != "done\n" {
		Fail("the driver answered %q, %v", line, err)
	}
}

// Unique is a name nobody else uses.
func (t *T) Unique(what string) string {
	count++
	return fmt.Sprintf("%s-go-%d-%d", what, os.Getpid(), count)
}

// Fail ends the case.
func Fail(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

// Eventually polls until the condition holds.
func (t *T) Eventually(what string, holds func() bool) {
	for deadline := time.Now().Add(40 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	Fail("not within 40 s: %s", what)
}

// Must gives the value of a call that may not fail.
func Must[V any](value V, err error) V {
	Ok(err)
	return value
}

// Ok fails the case on an error.
func Ok(err error) {
	if err != nil {
		Fail("unexpected: %v", err)
	}
}

// Is fails the case unless the error is the wanted one.
func Is(err, wanted error) {
	if !errors.Is(err, wanted) {
		Fail("expected the error %v, got %v", wanted, err)
	}
}

// Same fails the case unless both are deeply equal.
func Same[V any](what string, wanted, got V) {
	if !reflect.DeepEqual(wanted, got) {
		Fail("%s: expected %v, got %v", what, wanted, got)
	}
}

// True fails the case unless it holds.
func True(what string, holds bool) {
	if !holds {
		Fail("not true: %s", what)
	}
}

// Numbered are the values v0, v1, … from first to before last.
func Numbered(first, last int) []string {
	values := make([]string, 0, last-first)
	for at := first; at < last; at++ {
		values = append(values, fmt.Sprintf("v%d", at))
	}
	return values
}

// Ref is the address of a value.
func Ref[V any](value V) *V { return &value }
