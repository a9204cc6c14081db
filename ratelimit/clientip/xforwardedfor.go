package clientip

import "strings"

// maxAddress bounds an element with the white space around it. No address is
// longer, and a line without a comma costs no more than this to reject.
const maxAddress = 256

// lastAddress cuts the last element off a line of X-Forwarded-For.
func lastAddress(line string) (rest, node string, ok bool) {
	tail := line
	if len(tail) > maxAddress {
		tail = tail[len(tail)-maxAddress:]
	}
	i := strings.LastIndexByte(tail, ',')
	if i < 0 {
		return "", trim(tail), len(tail) == len(line)
	}
	return line[:len(line)-len(tail)+i], trim(tail[i+1:]), true
}
