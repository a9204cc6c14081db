package main

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The chat API runs under open contracts as it is. Its own errors pass, with
// their codes and statuses; the built-in errors that it raises are mapped
// by the contract. Those of its rows where the two contracts differ are here.
var standardCodes = map[string]string{
	"413 VALIDATION_INVALID_BODY": "REQUEST_BODY_TOO_LARGE",
}

func TestOpenContracts_ChatUnchanged(t *testing.T) {
	for _, contract := range []string{"standard", "problem"} {
		t.Run(contract, func(t *testing.T) {
			d := start(t, contract)
			rows := make([]row, len(chatbaseRows))
			for i, row := range chatbaseRows {
				if code := standardCodes[statusAndCode(row)]; code != "" {
					row.code = code
				}
				rows[i] = row
			}
			seen := d.run(t, rows)
			require.Len(t, seen, 20)

			got := d.do(t, ask{method: "POST", path: chatPath, key: "YOUR_API_KEY", body: `{"message":"fail midway","stream":true}`})
			require.Contains(t, got.body, "event: error\ndata: {")
			require.Contains(t, got.body, `"CHAT_STREAMING_ERROR"`)
		})
	}
}

func statusAndCode(r row) string { return strconv.Itoa(r.status) + " " + r.code }
