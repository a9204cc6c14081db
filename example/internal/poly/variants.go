package poly

import (
	"fmt"
	"slices"

	"github.com/failwell/failwell/apierr"
	"github.com/failwell/failwell/apierr/contracts/polyai"
)

// defaultVariant is the one that every project has.
const defaultVariant = "default"

// attributes of a variant, with the values they can have; nil: any.
var attributes = map[string][]string{
	"language": {"en", "de", "es"},
	"greeting": nil,
}

// variant is one form of the assistant, for a place or a brand.
type variant struct {
	Name       string            `json:"name" validate:"required,max=100"`
	Attributes map[string]string `json:"attributes" validate:"max=10,dive,max=200"`
}

// checkAttributes reports the first value that is not as the schema says.
func (v variant) checkAttributes() error {
	for name, value := range v.Attributes {
		values, ok := attributes[name]
		if !ok {
			return fmt.Errorf("there is no attribute %q", name)
		}
		if values != nil && !slices.Contains(values, value) {
			return fmt.Errorf("%s cannot be %q", name, value)
		}
	}
	return nil
}

func createVariant(v visit, in variant) (any, error) {
	if err := v.addVariants([]variant{in}); err != nil {
		return nil, err
	}
	return in, nil
}

// addVariants adds all the variants or none.
func (p *project) addVariants(list []variant) error {
	names := make(map[string]bool, len(list))
	for _, v := range list {
		if _, ok := p.variants.Get(v.Name); ok || names[v.Name] {
			return polyai.VariantsDuplicateNameError
		}
		names[v.Name] = true
		if err := v.checkAttributes(); err != nil {
			return polyai.VariantsBadAttributesError.Wrap(err)
		}
	}
	for _, v := range list {
		p.variants.Put(v.Name, v)
	}
	return nil
}

func deleteVariant(v visit) (any, error) {
	name := v.path("name")
	if name == defaultVariant {
		return nil, polyai.VariantsRemoveDefaultError
	}
	gone, ok := v.variants.Get(name)
	if !ok {
		return nil, apierr.NotFound // the API has no code of its own for it
	}
	v.variants.Delete(name)
	return gone, nil
}
