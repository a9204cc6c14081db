package decode

import (
	"errors"
	"sync"

	stdjson "encoding/json"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// members is the options of json for a type. numbers reports that a json.Number
// is within it.
func (o Options) members(numbers bool) json.Options {
	if numbers && !knowsNumber() {
		return withNumbers[o.AllowUnknown]
	}
	return withoutNumbers[o.AllowUnknown]
}

// The options by AllowUnknown.
var (
	withoutNumbers = map[bool]json.Options{false: json.RejectUnknownMembers(true), true: json.RejectUnknownMembers(false)}
	withNumbers    = map[bool]json.Options{
		false: json.JoinOptions(withoutNumbers[false], numbers),
		true:  json.JoinOptions(withoutNumbers[true], numbers),
	}
	numbers = json.WithUnmarshalers(json.UnmarshalFromFunc(unmarshalNumber))
)

// knowsNumber reports whether json.Number has the methods of json/v2. It has
// where encoding/json is built on json/v2; elsewhere it is any string to json/v2.
var knowsNumber = sync.OnceValue(func() bool { return json.Unmarshal([]byte("1"), new(stdjson.Number)) == nil })

// unmarshalNumber decodes as json.Number does: a number, or a string that holds
// one. The tag option string, and the name of a map key, take only the latter.
func unmarshalNumber(d *jsontext.Decoder, n *stdjson.Number) error {
	quoted, _ := json.GetOption(d.Options(), json.StringifyNumbers)
	if kind, length := d.StackIndex(d.StackDepth()); kind == '{' && length%2 == 0 {
		quoted = true
	}
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case 'n':
		*n = ""
		return nil
	case '0':
		if !quoted {
			*n = stdjson.Number(raw)
			return nil
		}
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		if err == nil && isNumber(string(text)) {
			*n = stdjson.Number(text)
			return nil
		}
	}
	return errors.New("not a number")
}
