package chat

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// errModel is what a model reports when it breaks down. Clients never see its
// text.
var errModel = errors.New("model small: worker lost, lab-secret lease expired")

// generate yields the answer to a message word by word, as a language model
// does. One that contains "fail midway" breaks it down after two words.
func generate(message string) iter.Seq2[string, error] {
	reply := fmt.Sprintf("Thank you for your %d characters. A model would answer them here.", utf8.RuneCountInString(message))
	return func(yield func(string, error) bool) {
		for i, word := range strings.SplitAfter(reply, " ") {
			if i == 2 && strings.Contains(message, "fail midway") {
				yield("", errModel)
				return
			}
			if !yield(word, nil) {
				return
			}
		}
	}
}
