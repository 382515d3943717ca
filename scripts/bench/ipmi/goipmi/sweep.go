package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	ipmi "github.com/bougou/go-ipmi/pkg/client"
)

// sweep asks COUNT BMCs for their power state, CONCURRENCY at once, over kept or new sessions, and prints one
// JSON line: statuses a second, failures, and CPU time for each status.
func sweep(first, count, concurrency int, kept bool) {
	ctx := context.Background()
	clients := make([]*ipmi.Client, count)
	var failures atomic.Int64
	each := func(work func(index int) error) time.Duration {
		started := time.Now()
		next := make(chan int)
		var group sync.WaitGroup
		for worker := 0; worker < concurrency; worker++ {
			group.Add(1)
			go func() {
				defer group.Done()
				for index := range next {
					if work(index) != nil {
						failures.Add(1)
					}
				}
			}()
		}
		for index := 0; index < count; index++ {
			next <- index
		}
		close(next)
		group.Wait()
		return time.Since(started)
	}
	connect := func(index int) error {
		client, err := ipmi.NewClient("127.0.0.1", first+index, "ADMIN", "ADMIN")
		if err != nil {
			return err
		}
		client = client.WithInterface(ipmi.InterfaceLanplus)
		if err := client.Connect(ctx); err != nil {
			return err
		}
		clients[index] = client
		return nil
	}
	status := func(index int) error {
		_, err := clients[index].GetChassisStatus(ctx)
		return err
	}
	closing := func(index int) error {
		if clients[index] == nil {
			return nil
		}
		return clients[index].Close(ctx)
	}
	var took, cpu time.Duration
	measured := func(work func(index int) error) {
		before := cpuTime()
		took = each(work)
		cpu = cpuTime() - before
	}
	if kept {
		each(connect)
		measured(status)
		each(closing)
	} else {
		measured(func(index int) error {
			if err := connect(index); err != nil {
				return err
			}
			if err := status(index); err != nil {
				return err
			}
			return closing(index)
		})
	}
	fmt.Printf("{\"perSecond\": %.0f, \"failures\": %d, \"cpuUs\": %d}\n",
		float64(count)/took.Seconds(), failures.Load(), cpu.Microseconds()/int64(count))
}

// cpuTime is what this process has used, in its own code and in the kernel.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
