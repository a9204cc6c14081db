package redislimit_test

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(hammerEnv); url != "" {
		hammer(url) // this is a child of TestEightProcesses
		return
	}
	code := m.Run()
	for _, f := range slices.Backward(atExit) {
		f()
	}
	os.Exit(code)
}

// startOnThread starts a process from a thread that lives as long as this
// process: Linux counts the end of the thread as that of the parent.
func startOnThread(cmd *exec.Cmd) error {
	started <- cmd
	return <-startErr
}

var started, startErr = func() (chan *exec.Cmd, chan error) {
	cmds, errs := make(chan *exec.Cmd), make(chan error)
	go func() {
		runtime.LockOSThread()
		for cmd := range cmds {
			errs <- cmd.Start()
		}
	}()
	return cmds, errs
}()
