package poly

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/example/internal/shelf"
	"github.com/failwell/failwell/validate"
)

const (
	active = "active"
	ended  = "ended"
)

// sessionTimeout is how long a conversation stays open without a message.
const sessionTimeout = 10 * time.Minute

type conversation struct {
	ID        string    `json:"id"`
	Channel   string    `json:"channel"`
	Status    string    `json:"status"`
	StartedAt time.Time `json:"started_at"`
	Duration  int       `json:"duration"` // in seconds

	lastAt    time.Time // of the last message
	recording string    // where it can be heard; empty: there is none
}

// orders are the fields that a list can be sorted by.
var orders = map[string]func(a, b *conversation) int{
	"id":         func(a, b *conversation) int { return strings.Compare(a.ID, b.ID) },
	"started_at": func(a, b *conversation) int { return a.StartedAt.Compare(b.StartedAt) },
	"duration":   func(a, b *conversation) int { return cmp.Compare(a.Duration, b.Duration) },
}

type listQuery struct {
	Filter string `query:"filter"` // duration>60 and channel=voice
	Sort   string `query:"sort"`   // a field, with a minus before it downwards
	Limit  int    `query:"limit" validate:"omitempty,min=1,max=100"`
}

func listConversations(v visit) (any, error) {
	query, err := validate.Query[listQuery](v.r)
	if err != nil {
		return nil, err
	}
	match, err := parseFilter(query.Filter)
	if err != nil {
		return nil, polyai.GetConversationsFilterParseError.Wrap(err)
	}
	list := []*conversation{}
	for _, c := range v.conversations.All() {
		if match(c) {
			list = append(list, c)
		}
	}
	if key := query.Sort; key != "" {
		field, down := strings.CutPrefix(key, "-")
		order := orders[field]
		if order == nil {
			return nil, polyai.GetConversationsInvalidSortParameter
		}
		slices.SortStableFunc(list, func(a, b *conversation) int {
			if down {
				a, b = b, a
			}
			return order(a, b)
		})
	}
	if query.Limit > 0 && len(list) > query.Limit {
		list = list[:query.Limit]
	}
	return map[string]any{"conversations": list}, nil
}

func (v visit) conversation() (*conversation, error) {
	c, ok := v.conversations.Get(v.path("id"))
	if !ok {
		return nil, polyai.ConversationsNotFound
	}
	return c, nil
}

func readConversation(v visit) (any, error) { return v.conversation() }

func readRecording(v visit) (any, error) {
	c, err := v.conversation()
	if err != nil {
		return nil, err
	}
	if c.recording == "" {
		return nil, polyai.ConversationsRecordingNotFound
	}
	return map[string]string{"url": c.recording}, nil
}

type startRequest struct {
	Channel string `json:"channel" validate:"required,oneof=chat voice"`
	DraftID string `json:"draft_id"` // empty: what is live
}

// startConversation begins one, with a draft that is deployed for it.
func startConversation(v visit, in startRequest) (any, error) {
	if in.DraftID != "" {
		d, ok := v.drafts[in.DraftID]
		if !ok {
			return nil, polyai.ChatDraftNotExist
		}
		if err := v.build(d); err != nil {
			return nil, polyai.ChatDraftDeploymentFailed.Wrap(err)
		}
	}
	c := &conversation{
		ID: shelf.NewID("conv-"), Channel: in.Channel, Status: active,
		StartedAt: v.now.UTC(), lastAt: v.now,
	}
	v.conversations.Put(c.ID, c)
	return c, nil
}

type sayRequest struct {
	Text string `json:"text" validate:"required,max=2000"`
}

// say answers a message; "goodbye" ends the conversation.
func say(v visit, in sayRequest) (any, error) {
	c, err := v.conversation()
	if err != nil {
		return nil, err
	}
	if c.Status == ended {
		return nil, polyai.ChatConversationEnded
	}
	if v.now.Sub(c.lastAt) > sessionTimeout {
		return nil, polyai.ChatTimeout
	}
	c.lastAt = v.now
	c.Duration = int(v.now.Sub(c.StartedAt).Seconds())
	if strings.EqualFold(in.Text, "goodbye") {
		c.Status = ended
	}
	return map[string]string{"text": reply(in.Text), "status": c.Status}, nil
}
