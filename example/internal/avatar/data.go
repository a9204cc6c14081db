package avatar

import "time"

// demoKeys: YOUR_API_KEY works; anything that is not here is invalid.
func demoKeys() map[string]key {
	return map[string]key{
		"YOUR_API_KEY":   {},
		"expired-key":    {expires: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
		"over-quota-key": {},
	}
}

// demoUsage is what keys have used of this month's quota before the start.
func demoUsage() map[string]int {
	return map[string]int{"over-quota-key": monthlyQuota}
}

func demoAvatars() map[string]string {
	return map[string]string{"avatar_ada": "Ada", "avatar_ben": "Ben"}
}

func demoConversations() map[string]*conversation {
	return map[string]*conversation{
		"conv_abc123": {
			ID: "conv_abc123", AvatarID: "avatar_ada",
			Messages: []message{
				{ID: "msg_hello", Role: "avatar", Content: "Hello, I am Ada.", AudioURL: "/audio/msg_hello.mp3"},
			},
		},
	}
}
