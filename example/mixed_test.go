package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Many clients at once, each failing in its own way: every answer is that of
// its own request, and the state behind them is not torn.
func TestMixed(t *testing.T) {
	const clients = 8
	for _, contract := range contracts {
		t.Run(contract, func(t *testing.T) {
			d := start(t, contract)
			for n := range clients {
				t.Run(fmt.Sprintf("failing %d", n), func(t *testing.T) {
					t.Parallel()
					for i := range hostileRows {
						d.failMarked(t, hostileRows[(i+n)%len(hostileRows)], fmt.Sprintf("mixed-%d-%d", n, i))
					}
				})
				t.Run(fmt.Sprintf("talking %d", n), func(t *testing.T) {
					t.Parallel()
					for range 3 {
						d.converse(t)
					}
				})
			}
		})
	}
}

// failMarked sends the row under a correlation ID, which the answer must bear.
func (d demo) failMarked(t *testing.T, row hostileRow, id string) {
	if row.name == "hostile IDs" {
		return
	}
	name := "X-Correlation-Id"
	if d.contract == "polyai" {
		name = "X-Polyai-Correlation-Id"
	}
	a := row.ask
	if a.header = a.header.Clone(); a.header == nil {
		a.header = make(http.Header)
	}
	a.header.Set(name, id)
	got := d.do(t, a)
	d.fails(t, got, row.status, row.codes[min(slices.Index(contracts, d.contract), 3)])
	require.Equal(t, []string{id}, got.header[name])
}

// converse sends a message that is kept.
func (d demo) converse(t *testing.T) {
	a := ask{method: "POST", key: "YOUR_API_KEY"}
	switch d.contract {
	case "polyai":
		a.path, a.body = demoProject+"/conversations", `{"channel":"chat"}`
	case "avatarium":
		a.path, a.body = avatarMessages, `{"content":"Hello"}`
	default:
		a.path, a.body = chatPath, `{"message":"Hello","conversationId":"conv-ongoing"}`
	}
	require.Equal(t, 200, d.do(t, a).status)
}
