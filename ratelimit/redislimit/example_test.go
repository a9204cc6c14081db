package redislimit_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/failwell/failwell/ratelimit"
	"github.com/failwell/failwell/ratelimit/redislimit"
)

func Example() {
	client, err := redislimit.NewClient(exampleURL()) // such as "redis://limits:6379"
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	limiter := redislimit.New(client, redislimit.Options{
		Timeout:  time.Second,             // the default is 50 ms
		Outage:   redislimit.FailLocal(1), // 1.0/4 on each of 4 machines admits one limit in all
		OnChange: func(c redislimit.Change) { slog.Debug("limits", "state", c.To) },
	}, ratelimit.PerMinute("calls", 2))

	key := func(r *http.Request) (string, error) {
		if user, _, ok := r.BasicAuth(); ok {
			return user, nil
		}
		return "", errors.New("no user")
	}
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") })
	handler := ratelimit.Middleware(limiter, key)(hello)

	for range 3 {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetBasicAuth("alice", "")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("RateLimit"))
	}
	// Output:
	// 200 "calls";r=1;t=30
	// 200 "calls";r=0;t=30
	// 429 "calls";r=0;t=30
}

// Without a server at the address, each machine admits its share.
func ExampleFailLocal() {
	client, err := redislimit.NewClient("redis://127.0.0.1:1")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	limiter := redislimit.New(client, redislimit.Options{
		Outage: redislimit.FailLocal(1.0 / 4),
		Logger: slog.New(slog.DiscardHandler),
	}, ratelimit.PerHour("calls", 20))
	admitted := 0
	for range 100 {
		if d, err := limiter.Take(context.Background(), "alice", 1); err == nil && d.Allowed {
			admitted++
		}
	}
	fmt.Println(admitted, "of 20 on each of 4 machines;", limiter.Stats().State)
	// Output:
	// 5 of 20 on each of 4 machines; degraded
}
