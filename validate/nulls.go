package validate

import "reflect"

// nulls is filled in below.
func (s *survey) nulls(v reflect.Value, limit int) []finding { return nil }
