package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/ratelimit/internal/calendar"
)

// TestAtEveryHour walks through time zones that do odd things at midnight. The
// number follows the civil date, and an end is the first second of the next.
func TestAtEveryHour(t *testing.T) {
	for _, c := range []struct{ zone, from string }{
		{"UTC", "2023-12-20"},
		{"Europe/Paris", "2026-03-20"},
		{"America/Havana", "2026-02-25"},
		{"America/Havana", "2026-10-20"},
		{"America/Sao_Paulo", "2018-10-20"},
		{"Asia/Beirut", "2022-03-20"},
		{"Australia/Lord_Howe", "2026-03-25"},
		{"Pacific/Apia", "2011-12-20"},
		{"Asia/Kathmandu", "1985-12-20"},
		{"America/Asuncion", "2023-09-20"},
	} {
		t.Run(c.zone+" "+c.from, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Skip(err)
			}
			start, err := time.Parse(time.DateOnly, c.from)
			require.NoError(t, err)
			for _, unit := range []calendar.Unit{calendar.Day, calendar.Month} {
				layout := map[calendar.Unit]string{calendar.Day: time.DateOnly, calendar.Month: "2006-01"}[unit]
				for now := start; now.Before(start.AddDate(0, 0, 25)); now = now.Add(15 * time.Minute) {
					p := calendar.At(unit, now, loc)
					end := time.Unix(p.End, 0)
					require.True(t, end.After(now), now)
					require.Greater(t, calendar.At(unit, end, loc).Number, p.Number, now)
					require.NotEqual(t, now.In(loc).Format(layout), end.In(loc).Format(layout), now)
					if last := end.Add(-time.Second); !last.Before(now) {
						require.Equal(t, now.In(loc).Format(layout), last.In(loc).Format(layout), now)
						require.Equal(t, p.Number, calendar.At(unit, last, loc).Number)
					}
				}
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		unit calendar.Unit
		date string
		want int64
	}{
		{calendar.Day, "0001-01-01", 1},
		{calendar.Day, "1970-01-01", 719163},
		{calendar.Day, "2026-11-22", 739942},
		{calendar.Month, "0001-01-01", 13},
		{calendar.Month, "2026-11-22", 24323},
	} {
		at, err := time.Parse(time.DateOnly, c.date)
		require.NoError(t, err)
		require.Equal(t, c.want, calendar.At(c.unit, at, time.UTC).Number, c.date)
	}
	require.Less(t, calendar.At(calendar.Day, time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC).Number, int64(1<<23))
}
