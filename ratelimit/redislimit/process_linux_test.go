package redislimit_test

import "syscall"

// dieWithParent has a server killed where the test process is.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
