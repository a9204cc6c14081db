// Package catalog has the contracts that the demo can serve, by name.
package catalog

import (
	"fmt"
	"strings"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/avatarium"
	"github.com/failwell/failwell/apierr/contracts/chatbase"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// Names are the values of -contract, the first being the default.
var Names = []string{"chatbase", "polyai", "avatarium", "standard", "problem"}

// Contract returns the contract of that name.
func Contract(name string) (apierr.Contract, error) {
	switch name {
	case "chatbase":
		return chatbase.Contract, nil
	case "polyai":
		return polyai.Contract, nil
	case "avatarium":
		return avatarium.Contract, nil
	case "standard":
		return apierr.Standard, nil
	case "problem":
		c := apierr.Standard
		c.Name, c.Title = "problem", "failwell standard errors as problem details"
		c.Format = apierr.Problem{}
		return c, nil
	}
	return apierr.Contract{}, fmt.Errorf("unknown contract %q; there are %s", name, strings.Join(Names, ", "))
}
