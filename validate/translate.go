package validate

import "github.com/go-playground/validator/v10"

func (sp speaker) translate(b broken, fe validator.FieldError) (string, bool) { return "", false }
