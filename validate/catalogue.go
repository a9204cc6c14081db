package validate

// rule is what this package knows of a rule of validator.
type rule struct {
	phrase string              // the message, where it is always the same
	say    func(broken) string // the message else; nil: phrase it is
	refers reference           // how the parameter names other fields
}

// catalogue holds the rules of validator by their tags.
var catalogue = func() map[string]rule {
	all := make(map[string]rule, len(phrases)+len(sayings))
	for tag, phrase := range phrases {
		all[tag] = rule{phrase: phrase, refers: references[tag]}
	}
	for tag, say := range sayings {
		all[tag] = rule{say: say, refers: references[tag]}
	}
	return all
}()

// references are the rules whose parameter is made of Go names, which must not
// reach a client.
var references = map[string]reference{
	"eqfield": one, "nefield": one, "gtfield": one, "gtefield": one, "ltfield": one, "ltefield": one,
	"fieldcontains": one, "fieldexcludes": one, "postcode_iso3166_alpha2_field": one,

	"eqcsfield": inTop, "necsfield": inTop, "gtcsfield": inTop, "gtecsfield": inTop, "ltcsfield": inTop, "ltecsfield": inTop,

	"required_with": several, "required_with_all": several, "required_without": several, "required_without_all": several,
	"excluded_with": several, "excluded_with_all": several, "excluded_without": several, "excluded_without_all": several,

	"required_if": pairs, "required_unless": pairs, "skip_unless": pairs, "excluded_if": pairs, "excluded_unless": pairs,

	"unique": inItem, "validateFn": method,
}
