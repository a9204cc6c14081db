package apierr

import "slices"

// isOptional reports whether the value of a member may be absent.
func (c *compiler) isOptional(m Member) bool {
	switch {
	case m.JSON != "", isConstant(m):
		return false
	case len(m.Members) > 0:
		return c.areOptional(m.Members)
	case len(m.Array) > 0:
		return c.areOptional(m.Array)
	case len(m.Each) > 0, m.Detail != "":
		return true
	case m.Text != "":
		return slices.ContainsFunc(pieces(m.Text, c.each), func(p piece) bool { return c.isOptionalValue(p.value) })
	}
	return c.isOptionalValue(c.source(m.From))
}

// areOptional reports whether an object or array of these may be absent: if all
// that is always there is constant.
func (c *compiler) areOptional(members []Member) bool {
	return !slices.ContainsFunc(members, func(m Member) bool { return !isConstant(m) && !c.isOptional(m) })
}

// isDetailed reports whether a member is absent if the error has neither details
// nor violations.
func (c *compiler) isDetailed(m Member) bool {
	switch {
	case len(m.Each) > 0, m.Detail != "", m.From == FromDetails, m.From == FromMessages:
		return true
	case len(m.Members) > 0, len(m.Array) > 0:
		return !isConstant(m) && !slices.ContainsFunc(slices.Concat(m.Members, m.Array), func(m Member) bool {
			return !isConstant(m) && !c.isDetailed(m)
		})
	}
	return !c.each && isOfViolation(c.source(m.From))
}

func (c *compiler) isOptionalValue(v value) bool {
	switch v {
	case valueNone, valueCode, valueMessage, valueStatus:
		return false
	case valuePath, valueRule, valueIn, valueLocation, valueViolationMessage:
		return !c.each
	}
	return true
}

// isConstant reports whether a member is the same in every body.
func isConstant(m Member) bool {
	inner := slices.Concat(m.Members, m.Array)
	return m.JSON != "" || len(inner) > 0 && !slices.ContainsFunc(inner, func(m Member) bool { return !isConstant(m) })
}
