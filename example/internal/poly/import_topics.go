package poly

import (
	"encoding/csv"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// maxRows is the most rows of an import.
const maxRows = 50

// readTopics reads a multipart form with one CSV file, which has a column name
// and a column content.
func readTopics(r *http.Request) ([]topic, error) {
	file, err := csvPart(r)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(file)
	head, err := rows.Read()
	if err != nil {
		return nil, unreadable(r, err, polyai.KnowledgeBaseImportMissingColumns)
	}
	name, content := slices.Index(head, "name"), slices.Index(head, "content")
	if name < 0 || content < 0 {
		return nil, polyai.KnowledgeBaseImportMissingColumns
	}
	var list []topic
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, unreadable(r, err, polyai.KnowledgeBaseTopicsInvalid)
		}
		t := topic{row[name], row[content]}
		if t.Name == "" || t.Content == "" || len(list) == maxRows {
			return nil, polyai.KnowledgeBaseTopicsInvalid
		}
		list = append(list, t)
	}
}

// uncoded reports an upload under a Content-Encoding: nothing here undoes one.
func uncoded(r *http.Request) error {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return apierr.UnsupportedMediaType.WithHeader("Accept-Encoding", "identity")
	}
	return nil
}

// csvPart returns the first file of the form, which must be CSV.
func csvPart(r *http.Request) (*multipart.Part, error) {
	if err := uncoded(r); err != nil {
		return nil, err
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, apierr.UnsupportedMediaType.Wrap(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, polyai.KnowledgeBaseImportNoCSVFound
		}
		if err != nil {
			return nil, unreadable(r, err, polyai.KnowledgeBaseImportNoCSVFound)
		}
		if part.FileName() == "" {
			continue
		}
		if kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
			return nil, polyai.KnowledgeBaseImportInvalidType
		}
		return part, nil
	}
}

func importTopics(v visit, list []topic) (any, error) {
	if err := v.addTopics(list); err != nil {
		return nil, err
	}
	return map[string]int{"imported": len(list)}, nil
}
