package poly

import (
	"context"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/go-json-experiment/json"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// maxFrame is the most bytes of a message; a larger one closes with 1009.
const maxFrame = 8 << 10

// talk is a conversation over a WebSocket: {"text":"…"} comes in, and goes
// out. It closes with 1000 when nothing was said for a while, and with what
// apierr.CloseCode gives for an error.
func (a *API) talk(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet { // the route matches HEAD too
		return apierr.MethodNotAllowed.WithHeader("Allow", "GET")
	}
	if !a.talks.begin() {
		return apierr.Unavailable
	}
	defer a.talks.done()
	conn, err := websocket.Accept(wordless{w}, r, nil)
	if err != nil {
		return nil // Accept has answered; its status is made the contract's
	}
	defer conn.CloseNow() // closed already in all ways but a panic
	conn.SetReadLimit(maxFrame)

	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	go a.keepAlive(ctx, conn)

	// A context that ends during a read would drop the connection without a
	// close frame; a timer that closes sends one.
	idle := time.AfterFunc(a.options.Idle, func() {
		conn.Close(websocket.StatusNormalClosure, "idle") // closed either way
	})
	defer idle.Stop()
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return nil // closed, by whom ever
		}
		idle.Reset(a.options.Idle)
		if err := converse(ctx, conn, data); err != nil {
			hangUp(ctx, conn, err)
			return nil
		}
	}
}

// wordless drops the text of a refused handshake, which quotes the client. It
// leaves the status, and the hijacking by way of Unwrap.
type wordless struct{ http.ResponseWriter }

func (w wordless) Write(p []byte) (int, error) { return len(p), nil }

func (w wordless) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type utterance struct {
	Text string `json:"text"`
}

func converse(ctx context.Context, conn *websocket.Conn, data []byte) error {
	var in *utterance
	if err := json.Unmarshal(data, &in, json.RejectUnknownMembers(true)); err != nil {
		return polyai.SchemaValidationFailed.Wrap(err)
	}
	if in == nil { // null
		return polyai.SchemaValidationFailed
	}
	out, err := json.Marshal(utterance{reply(in.Text)})
	if err != nil {
		return err
	}
	return conn.Write(ctx, websocket.MessageText, out)
}

// keepAlive pings until ctx ends. Without a pong in time it closes, and also
// when the server stops.
func (a *API) keepAlive(ctx context.Context, conn *websocket.Conn) {
	tick := time.NewTicker(a.options.Ping)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.talks.stop:
			conn.Close(websocket.StatusGoingAway, "the server stops") // closed either way
			return
		case <-tick.C:
		}
		within, cancel := context.WithTimeout(ctx, a.options.Pong)
		err := conn.Ping(within)
		cancel()
		if err != nil && ctx.Err() == nil {
			hangUp(ctx, conn, polyai.RequestTimeout.Wrap(err))
			return
		}
	}
}

// hangUp closes with the code and reason for err under the contract of ctx.
func hangUp(ctx context.Context, conn *websocket.Conn, err error) {
	code, reason := apierr.CloseCode(ctx, err)
	conn.Close(websocket.StatusCode(code), reason) // closed either way
}

// reply is what the assistant says. A model would have more to say.
func reply(text string) string {
	return fmt.Sprintf("I heard %d characters.", utf8.RuneCountInString(text))
}
