package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
	"github.com/failwell/failwell/apierr/reference"
	"github.com/failwell/failwell/apierr/reference/published"
)

// source is a published page as it was read.
type source struct {
	Codes []struct {
		Code   string `json:"code"`
		ID     int    `json:"id"`
		Status int    `json:"resolved_status"`
		Group  string `json:"group"`
	} `json:"codes"`
	Statuses []struct {
		Status  int    `json:"status"`
		Meaning string `json:"meaning"`
		When    string `json:"when"`
	} `json:"statuses"`
	CloseCodes []struct {
		Code     int    `json:"code"`
		Meaning  string `json:"meaning"`
		When     string `json:"when"`
		Sendable bool   `json:"sendable"`
	} `json:"websocket_close_codes"`
}

// readSource reads ../shared/contracts/NAME.json, beside the checkout.
func readSource(t *testing.T, name string) (s source) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "contracts", name+".json")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%s: skipped, there is no %s\n", t.Name(), path)
		t.Skip("the source is not here")
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &s))
	return s
}

// Every code of the published pages, with its ID and status, is in a row of the
// table under the heading of its group; every status with its meaning, and
// every WebSocket close code, is in a row of its table. In HTML and in Markdown.
func TestPublishedPages(t *testing.T) {
	for _, test := range []struct {
		name  string
		c     apierr.Contract
		page  reference.Page
		group func(group string) (heading string)
	}{
		// The groups of Chatbase are the first words of its codes, in capitals.
		{"chatbase", chatbase.Contract, published.Chatbase, func(group string) string {
			if group == "RATE" {
				return "Rate limit"
			}
			return group[:1] + strings.ToLower(group[1:])
		}},
		// One code of PolyAI is in an example of the page and in no table.
		{"polyai", polyai.Contract, published.PolyAI, func(group string) string {
			if group == "example only" {
				return "Every endpoint"
			}
			return group
		}},
		{"avatarium", avatarium.Contract, published.Avatarium, func(group string) string { return group }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := readSource(t, test.name)
			html, err := reference.HTML(test.c, test.page)
			require.NoError(t, err)
			md, err := reference.Markdown(test.c, test.page)
			require.NoError(t, err)
			for form, tables := range map[string]map[string]table{"html": htmlTables(t, html), "markdown": markdownTables(t, md)} {
				require.NotEmpty(t, s.Codes)
				for _, c := range s.Codes {
					rows := tables[test.group(c.Group)].rows("Code", c.Code)
					require.Len(t, rows, 1, "%s: %s under %s", form, c.Code, c.Group)
					status, _, _ := strings.Cut(rows[0]["Status"], " ")
					require.Equal(t, strconv.Itoa(c.Status), status, c.Code)
					if c.ID != 0 {
						require.Equal(t, strconv.Itoa(c.ID), rows[0]["ID"], c.Code)
					} else {
						require.Empty(t, rows[0]["ID"], c.Code)
					}
					require.NotEmpty(t, rows[0]["Meaning"], c.Code)
				}
				for _, st := range s.Statuses {
					rows := tables["HTTP statuses"].rows("Status", strconv.Itoa(st.Status))
					require.Len(t, rows, 1, "%s: %d", form, st.Status)
					require.Equal(t, st.Meaning, rows[0]["Meaning"], st.Status)
					if st.When != "" {
						require.Equal(t, st.When, rows[0]["When it occurs"], st.Status)
					}
				}
				for _, c := range s.CloseCodes {
					rows := tables["WebSocket close codes"].rows("Code", strconv.Itoa(c.Code))
					require.Len(t, rows, 1, "%s: %d", form, c.Code)
					require.Equal(t, c.Meaning, rows[0]["Meaning"])
					require.True(t, strings.HasPrefix(rows[0]["When it occurs"], c.When), rows[0])
					require.Equal(t, c.Sendable, rows[0]["Sent in a close frame"] == "Yes", "%d: %s", c.Code, rows[0])
				}
			}
		})
	}
}

// table is one as a reader sees it.
type table struct {
	columns []string
	body    [][]string
}

// rows returns the rows whose cell in the column is value, by column.
func (t table) rows(column, value string) (found []map[string]string) {
	at := slices.Index(t.columns, column)
	for _, cells := range t.body {
		if at >= 0 && cells[at] == value {
			row := map[string]string{}
			for i, c := range t.columns {
				row[c] = cells[i]
			}
			found = append(found, row)
		}
	}
	return found
}
