package conformance

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/failwell/failwell/apierr"
)

// problemReader reads problem details, RFC 9457. Members that it does not know
// are extensions, section 3.2.
type problemReader struct{ format apierr.Problem }

func (problemReader) contentType() string { return "application/problem+json" }

func (problemReader) shape() string {
	return "{type?, title?, status?, detail, instance?, code, id?, request_id?, correlation_id?, errors?}"
}

func (r problemReader) read(body []byte) (content, []string, bool) {
	v, err := parse(body)
	if err != nil {
		return content{}, []string{err.Error()}, false
	}
	object, ok := v.(map[string]any)
	if !ok {
		return content{}, []string{"the body is no JSON object"}, false
	}
	p := problemScan{object: object, content: content{showsCode: true, showsID: true}}
	p.docURL = p.text("type", "about:blank", false)
	if _, err := url.Parse(p.docURL); err != nil {
		p.fault("type is no URI reference, RFC 9457 section 3.1.1")
	}
	p.text("title", "", true)
	p.status = p.number("status")
	p.message = p.text("detail", "", false)
	if strings.TrimSpace(p.message) == "" {
		p.fault("detail is missing or empty: it is the message")
	}
	if instance := p.text("instance", "", true); instance != "" {
		if _, err := url.Parse(instance); err != nil {
			p.fault("instance is no URI reference, RFC 9457 section 3.1.5")
		}
	}
	if p.code = p.text("code", "", true); p.code == "" && object["code"] == nil {
		p.fault("code is missing")
	}
	p.id = p.number("id")
	p.requestID = p.text("request_id", "", true)
	p.correlationID = p.text("correlation_id", "", true)
	p.errors()
	return p.content, p.faults, p.code != ""
}

type problemScan struct {
	content
	object map[string]any
	faults []string
}

func (p *problemScan) fault(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// text returns the member, or absent where it is not there. filled: it has a
// text if it is there.
func (p *problemScan) text(name, absent string, filled bool) string {
	v, there := p.object[name]
	if !there {
		return absent
	}
	s, ok := v.(string)
	switch {
	case v == nil:
		p.fault("%s is null: a member without a value is absent", name)
	case !ok:
		p.fault("%s is no string", name)
	case filled && s == "":
		p.fault("%s is empty: a member without a value is absent", name)
	}
	return s
}

func (p *problemScan) number(name string) int {
	v, there := p.object[name]
	if !there {
		return 0
	}
	n, ok := v.(float64)
	if !ok || n != float64(int(n)) || n <= 0 {
		p.fault("%s is no positive whole number: without a value it is absent", name)
		return 0
	}
	return int(n)
}

// errors reads the violations.
func (p *problemScan) errors() {
	v, there := p.object["errors"]
	if !there {
		return
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		p.fault("errors is no array with elements: without violations it is absent")
		return
	}
	p.violations = true
	for i, element := range list {
		object, ok := element.(map[string]any)
		detail, isText := object["detail"].(string)
		if !ok || !isText || detail == "" {
			p.fault("errors[%d] is no object with a detail", i)
			return
		}
	}
}
