// Command client uses the demo server as its documented clients do, and prints
// each failure as a user meets it.
//
//	go run ./example -contract avatarium
//	go run ./example/client -contract avatarium
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/failwell/failwell/example/internal/catalog"
	"github.com/failwell/failwell/example/internal/tour"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:8080", "the demo server")
	contract := flag.String("contract", catalog.Names[0], "the contract that it serves: "+strings.Join(catalog.Names, ", "))
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := tour.Run(ctx, os.Stdout, strings.TrimSuffix(*url, "/"), *contract, nil); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		stop()
		os.Exit(1)
	}
}
