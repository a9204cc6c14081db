package chat

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Visitors cannot make a conversation grow for ever, nor make what the demo
// shows go away.
func TestConversation_IsBounded(t *testing.T) {
	c := demoConversations()["conv-ongoing"]
	for i := range 3 * maxMessages {
		c.add(user, strconv.Itoa(i))
	}
	require.Len(t, c.messages, c.seeds+maxMessages)
	for i, id := range []string{"msg-orphan", "msg-user", "msg-assistant"} {
		require.Equal(t, i, c.find(id))
	}
	require.Equal(t, strconv.Itoa(2*maxMessages), c.messages[c.seeds].Text, "the oldest went")
	require.Equal(t, strconv.Itoa(3*maxMessages-1), c.messages[len(c.messages)-1].Text)
}

// Of two balances, a refusal touches neither.
func TestCharge(t *testing.T) {
	ws, ag := &workspace{credits: 1}, &agent{credits: 0}
	require.Error(t, charge(ws, ag))
	require.Equal(t, 1, ws.credits)
	ag.credits = 2
	require.NoError(t, charge(ws, ag))
	require.Error(t, charge(ws, ag))
	require.Equal(t, 1, ag.credits)
}
