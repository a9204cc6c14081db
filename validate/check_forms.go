package validate

import (
	"net"
	"net/mail"
	"net/url"
	"reflect"
	"strings"
)

// unexpectedForms are types of the standard library that have no methods for
// JSON, with what they are in JSON for that reason. A client that sends what the
// type stands for is rejected.
var unexpectedForms = map[reflect.Type]string{
	reflect.TypeFor[url.URL]():          "an object of its fields and not a string",
	reflect.TypeFor[url.Userinfo]():     "nothing",
	reflect.TypeFor[mail.Address]():     "an object of its fields and not a string",
	reflect.TypeFor[net.IPNet]():        "an object of its fields and not a string, use netip.Prefix",
	reflect.TypeFor[net.IPMask]():       "base64",
	reflect.TypeFor[net.HardwareAddr](): "base64",
}

// unexpectedForm is what a type of the standard library is in JSON, if that is
// not what its users expect, else empty.
func unexpectedForm(t reflect.Type) string {
	if t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null") {
		return "an object with a member Valid and not a value or null, use a pointer"
	}
	return unexpectedForms[t]
}
