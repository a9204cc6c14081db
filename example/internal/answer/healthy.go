package answer

import (
	"net/http"

	"github.com/failwell/failwell/apierr"
)

// Healthy answers GET /healthz with 200: the server accepts requests.
func Healthy(w http.ResponseWriter, r *http.Request) {
	if err := JSON(w, http.StatusOK, map[string]string{"status": "ok"}); err != nil {
		apierr.Write(w, r, err)
	}
}
