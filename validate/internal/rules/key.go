package rules

import (
	"cmp"
	"encoding"
	"fmt"
	"reflect"
)

// KeyName is a map key as JSON writes it.
func KeyName(key reflect.Value) string {
	if key.Type().NumMethod() > 0 {
		if m, ok := reflect.TypeAssert[encoding.TextMarshaler](key); ok {
			if text, err := m.MarshalText(); err == nil {
				return string(text)
			}
		}
	}
	if key.Kind() == reflect.String {
		return key.String()
	}
	return fmt.Sprint(key)
}

func compareKeys(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	}
	return cmp.Compare(KeyName(a), KeyName(b))
}
