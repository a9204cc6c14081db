package poly

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// maxHead is the most bytes of the first line of a CSV.
const maxHead = 1000

// readVariants reads a body of CSV with a column name and one for each
// attribute. The delimiter is what stands behind the first column: a comma or
// a semicolon.
func readVariants(r *http.Request) ([]variant, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
		return nil, apierr.UnsupportedMediaType.Wrap(err)
	}
	if err := uncoded(r); err != nil {
		return nil, err
	}
	body := bufio.NewReaderSize(r.Body, maxHead)
	head, err := body.Peek(maxHead)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(r, err, polyai.VariantsImportInvalidDelimiter)
	}
	delimiter, ok := delimiterOf(string(head))
	if !ok {
		return nil, polyai.VariantsImportInvalidDelimiter
	}
	rows := csv.NewReader(body)
	rows.Comma = delimiter
	columns, err := rows.Read()
	if err != nil {
		return nil, unreadable(r, err, polyai.VariantsImportInvalidDelimiter)
	}
	if err := checkColumns(columns); err != nil {
		return nil, err
	}
	return readRows(r, rows, columns)
}

func delimiterOf(head string) (rune, bool) {
	line, _, _ := strings.Cut(head, "\n")
	i := strings.IndexFunc(line, func(c rune) bool {
		return c != '_' && (c < 'a' || c > 'z')
	})
	if i < 0 || line[i] != ',' && line[i] != ';' {
		return 0, false
	}
	return rune(line[i]), true
}

func checkColumns(columns []string) error {
	sorted := slices.Sorted(slices.Values(columns))
	if len(slices.Compact(sorted)) < len(columns) {
		return polyai.VariantImportDuplicateColumnsHTTP
	}
	if !slices.Contains(columns, "name") {
		return polyai.VariantImportMissingColumnsHTTP
	}
	for name := range attributes {
		if !slices.Contains(columns, name) {
			return polyai.VariantImportMissingColumnsHTTP
		}
	}
	return nil
}

func readRows(r *http.Request, rows *csv.Reader, columns []string) ([]variant, error) {
	var list []variant
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, unreadable(r, err, polyai.VariantsBadAttributesError)
		}
		v := variant{Attributes: make(map[string]string, len(row))}
		for i, value := range row {
			if columns[i] == "name" {
				v.Name = value
			} else {
				v.Attributes[columns[i]] = value
			}
		}
		if v.Name == "" || len(list) == maxRows {
			return nil, polyai.VariantsBadAttributesError
		}
		list = append(list, v)
	}
}

func importVariants(v visit, list []variant) (any, error) {
	if err := v.addVariants(list); err != nil {
		return nil, err
	}
	return map[string]int{"imported": len(list)}, nil
}
