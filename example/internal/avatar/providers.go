package avatar

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// outage is a provider that does not answer. It is an error of a package that
// knows nothing of apierr: the code it offers is looked up in the contract.
type outage struct {
	provider, code string
}

func (o outage) Error() string {
	return fmt.Sprintf("lab-secret: %s: 3 of 3 replicas gave no answer", o.provider)
}

// APIErrorCode is the code of the contract's error for it.
func (o outage) APIErrorCode() string { return o.code }

// think asks the language model. It is down for a content with "ai down".
func think(content string) (string, error) {
	if strings.Contains(content, "ai down") {
		return "", outage{"llm.internal", "ai_provider_error"}
	}
	return fmt.Sprintf("That was %d characters. A model would answer them here.", utf8.RuneCountInString(content)), nil
}

// speak asks for speech, and returns where it can be heard. It is down for a
// content with "tts down".
func speak(messageID, content string) (url string, err error) {
	if strings.Contains(content, "tts down") {
		return "", outage{"tts.internal", "tts_provider_error"}
	}
	return "/audio/" + messageID + ".mp3", nil
}
