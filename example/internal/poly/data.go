package poly

import (
	"time"

	"github.com/failwell/failwell/example/internal/shelf"
)

// demoKeys: YOUR_API_KEY works; anything that is not here is invalid.
func demoKeys() map[string]key {
	return map[string]key{
		"YOUR_API_KEY":    {user: "ada"},
		"editor-key":      {user: "ben"},
		"external-key":    {user: "cleo"},
		"viewer-key":      {user: "dan"},
		"former-user-key": {user: "eve"},
		"expired-key":     {user: "ada", expires: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
}

// demoUsers is without eve, who has left.
func demoUsers() map[string]role {
	return map[string]role{"ada": admin, "ben": editor, "cleo": external, "dan": viewer}
}

func demoAccounts() map[string]account {
	return map[string]account{"acme": {ID: "acme", Name: "Acme"}}
}

func demoProjects() map[string]*project {
	demo := newProject("demo")
	demo.conversations = shelf.New(maxThings, demoConversations())
	demo.functions = shelf.New(maxThings, map[string]function{
		"fn-total":  {ID: "fn-total", Name: "total", Parameters: []string{"price", "count"}, Code: "price * count"},
		"fn-share":  {ID: "fn-share", Name: "share", Parameters: []string{"sum", "people"}, Code: "sum / people"},
		"fn-broken": {ID: "fn-broken", Name: "broken", Parameters: []string{"price"}, Code: "price * amount"},
	})
	demo.drafts = map[string]draft{
		"draft-1":      {functions: []string{"fn-total"}},
		"draft-2":      {functions: []string{"fn-total", "fn-share"}},
		"draft-broken": {functions: []string{"fn-broken"}}, // it uses a name that is no parameter
	}
	demo.deployments = shelf.New(maxThings, map[string]deployment{
		"dep-1": {ID: "dep-1", DraftID: "draft-1"},
		"dep-2": {ID: "dep-2", DraftID: "draft-2"},
	})
	demo.environments = map[string]string{"sandbox": "dep-1", "pre-release": "dep-1"}
	demo.flows = shelf.New(maxThings, map[string]flow{
		"flow-booking": {ID: "flow-booking", Name: "booking", Functions: []string{"find_table"}},
	})
	demo.topics = shelf.New(maxThings, map[string]topic{
		"opening hours": {Name: "opening hours", Content: "From nine to five."},
	})
	demo.connectors = shelf.New(maxThings, map[string]connector{
		"con-sip": {ID: "con-sip", Name: "main trunk", Kind: "sip", Host: "sip.example.com"},
	})
	demo.phones = shelf.New(maxThings, map[string]phone{
		"+442071234567": {Number: "+442071234567", ConnectorID: "con-sip"},
	})
	demo.templates = map[string]string{"sms-confirm": "Your table is booked."}
	demo.tests = []string{"case-greeting", "case-booking"}

	return map[string]*project{"demo": demo, "empty": newProject("empty")}
}

func demoConversations() map[string]*conversation {
	at := func(minute int) time.Time { return time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC) }
	list := []*conversation{
		{ID: "conv-1", Channel: "voice", Status: ended, StartedAt: at(0), Duration: 240, recording: "/audio/conv-1.wav"},
		{ID: "conv-2", Channel: "chat", Status: ended, StartedAt: at(10), Duration: 45},
		{ID: "conv-3", Channel: "voice", Status: ended, StartedAt: at(20), Duration: 90, recording: "/audio/conv-3.wav"},
		{ID: "conv-forgotten", Channel: "chat", Status: active, StartedAt: at(30), lastAt: at(31)}, // open since then
	}
	m := make(map[string]*conversation, len(list))
	for _, c := range list {
		m[c.ID] = c
	}
	return m
}
