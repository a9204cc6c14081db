package main

import (
	"fmt"
	"io"
	"strings"
)

// greet prints where the server listens, what to try, and the link for support.
func greet(w io.Writer, contract, url, support string) {
	fmt.Fprintf(w, "Serving the %s contract on %s\nTry:\n", contract, url)
	for _, line := range tries(contract) {
		fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(line, "URL", url))
	}
	fmt.Fprintf(w, "Every way of failing, as buttons:\n  %s/\n", url)
	fmt.Fprintf(w, "Every error of the contract:\n  %s%s\n", url, errorsPath)
	fmt.Fprintf(w, "Failures by request ID:\n  %s\n", support)
}

// tries are three commands: one that works, one that fails as the API has
// declared, and one that breaks down.
func tries(contract string) [3]string {
	const panics = `curl -i URL/lab/panic`
	switch contract {
	case "polyai":
		return [3]string{
			`curl -i -H 'x-api-key: YOUR_API_KEY' 'URL/v1/projects/demo/conversations?filter=duration>60&sort=-duration'`,
			`curl -i -H 'x-api-key: YOUR_API_KEY' 'URL/v1/projects/demo/conversations?filter=duration>>60'`,
			panics,
		}
	case "avatarium":
		const send = `curl -i URL/v1/conversations/conv_abc123/messages -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' `
		return [3]string{
			send + `-d '{"content":"Hello!"}'`,
			send + `-d '{"content":"ai down"}'`,
			panics,
		}
	}
	const send = `curl -i URL/api/v2/agents/YOUR_AGENT_ID/chat -H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json' `
	return [3]string{
		send + `-d '{"message":"Hello!"}'`,
		send + `-d '{}'`,
		panics,
	}
}
