// go-ipmi's client and server for the bench:
//
//	goipmi-bench sweep FIRST_PORT COUNT CONCURRENCY kept|new
//	goipmi-bench farm FIRST_PORT COUNT
package main

import (
	"fmt"
	"os"
	"strconv"
)

func number(index int) int {
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	if os.Args[1] == "sweep" {
		sweep(number(2), number(3), number(4), os.Args[5] == "kept")
		return
	}
	if err := farm(number(2), number(3)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
