package poly

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilter(t *testing.T) {
	c := &conversation{Channel: "voice", Status: "ended", Duration: 90}
	for filter, want := range map[string]bool{
		"":                                true,
		"  ":                              true,
		"duration=90":                     true,
		"duration != 90":                  false,
		"duration > 60":                   true,
		"duration < 60":                   false,
		"duration >= 90":                  true,
		"duration <= 89":                  false,
		"duration > -1":                   true,
		"channel = voice":                 true,
		"channel = chat":                  false,
		"status != active and duration>1": true,
		"status != active and duration>1 and channel=chat": false,
	} {
		match, err := parseFilter(filter)
		require.NoError(t, err, filter)
		require.Equal(t, want, match(c), filter)
	}
}

func TestFilter_Faults(t *testing.T) {
	for _, filter := range []string{
		"duration", "duration >", "> 60", "duration >> 60", "duration = long", "mood = good",
		"duration > 60 and", " and duration > 60", "duration > 60 or channel = chat",
		"duration = 99999999999999999999", "duration > 60\x00", strings.Repeat("x", maxFilter+1),
	} {
		_, err := parseFilter(filter)
		require.Error(t, err, filter)
	}
}
