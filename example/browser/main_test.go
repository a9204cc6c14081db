// Package browser tests the pages of packages reference and recent as their
// readers see them: in Chromium, and through the parsers of HTML, Markdown and
// JSON Schema.
//
// The tests in Chromium skip with one line where there is none. Those of
// accessibility need axe-core: npm ci in .ci.
//
//	go test -screenshots /tmp/shots ./example/browser
//
// writes pictures of the pages, to be looked at.
package browser

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var screenshots = flag.String("screenshots", "", "a folder to write pictures of the pages to")

// chromium is the context of the running browser; nil: there is none.
var chromium context.Context

// program is the built example.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	path := findChromium()
	if path == "" {
		fmt.Println("skipped: the tests in a browser need chromium on the PATH (apt-get install chromium)")
		return m.Run()
	}
	program = filepath.Join(dir, "example")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the example: %v\n%s", err, out)
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	chromium, cancel = chromedp.NewContext(alloc)
	defer cancel()
	if err := chromedp.Do(chromium); err != nil {
		fmt.Fprintln(os.Stderr, "starting chromium:", err)
		return 1
	}
	return m.Run()
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// serve runs the example under the contract and returns its URL.
func serve(t *testing.T, contract string) string {
	t.Helper()
	url, _ := serveWithSupport(t, contract)
	return url
}

// serveWithSupport is serve; it also returns the link to the page of failures.
func serveWithSupport(t *testing.T, contract string) (url, support string) {
	t.Helper()
	if chromium == nil {
		t.Skip("there is no chromium")
	}
	cmd := exec.CommandContext(t.Context(), program, "-addr", "127.0.0.1:0", "-contract", contract)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for support == "" && lines.Scan() {
		switch last := lines.Text()[strings.LastIndexByte(lines.Text(), ' ')+1:]; {
		case url == "":
			url = last
		case strings.Contains(last, "/support/?key="):
			support = last
		}
	}
	require.NotEmpty(t, support)
	go func() {
		for lines.Scan() { // so that the program can write on
		}
	}()
	return url, support
}

// tab is a tab of the browser. Whatever the page writes to the console, and
// what goes wrong in it, fails the test when it ends.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// look is how a page is looked at.
type look struct {
	width  int64
	scheme string // of colours
	print  bool
	noJS   bool
}

var (
	desktop   = look{width: 1280, scheme: "light"}
	telephone = look{width: 390, scheme: "light"}
)

// open opens url in a new tab.
func open(t *testing.T, url string, l look) *tab {
	t.Helper()
	if chromium == nil {
		t.Skip("there is no chromium")
	}
	ctx, cancel := chromedp.NewContext(chromium)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	p := &tab{t, ctx}
	p.watch(url)
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if l.print {
		media.Media = "print"
	}
	call(p, emulation.SetEmulatedMedia, media)
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: 900, DeviceScaleFactor: 1, Mobile: l.width < 600,
	})
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noJS})
	p.do(chromedp.Navigate(url))
	return p
}

// watch fails the test for what the page writes to the console, exceptions,
// entries of the browser's log such as violations of the content security
// policy, and dialogs.
func (p *tab) watch(url string) {
	p.t.Helper()
	var mu sync.Mutex
	var messages []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		messages = append(messages, s)
	}
	console := chromedp.Console(p.ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Source == "network" && (strings.Contains(m.URL, "/lab/raise/") || strings.HasSuffix(m.URL, "/favicon.ico")) {
				continue // the response of Try it, and the icon that is asked for when it is opened
			}
			note("console: " + m.String() + " " + m.URL)
		}
	}()
	require.NoError(p.t, chromedp.Listen(p.ctx, func(event any) {
		if d, ok := event.(*page.EventJavascriptDialogOpening); ok {
			note("dialog: " + d.Message)
		}
	}))
	p.t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(messages) > 0 {
			p.t.Errorf("%s: %q", url, messages)
		}
	})
}

// call sends a command of the protocol.
func call[P, R any](p *tab, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	r, err := chromedp.Call(p.ctx, cmd, params)
	require.NoError(p.t, err)
	return r
}

// do runs actions in the tab.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// eval returns the value of a JavaScript expression, which may be a promise.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err, expression)
	return v
}

// script runs a JavaScript program.
func script(program string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](program)
}

// eventually waits until a JavaScript expression is true.
func (p *tab) eventually(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !eval[bool](p, expression) {
		if time.Now().After(deadline) {
			require.FailNow(p.t, "it does not become true", expression)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// shoot writes a picture of the page, of its first 4,000 pixels at most, if
// pictures are wanted.
func (p *tab) shoot(name string) {
	p.t.Helper()
	if *screenshots == "" {
		return
	}
	size := call(p, page.GetLayoutMetrics, cdp.Empty{}).CSSContentSize
	beyond := true
	picture := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &beyond,
		Clip:                  &page.Viewport{Width: size.Width, Height: min(size.Height, 4000), Scale: 1},
	})
	p.write(name, picture.Data)
}

// shootView writes a picture of what is in view.
func (p *tab) shootView(name string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	p.write(name, picture)
}

func (p *tab) write(name string, picture []byte) {
	p.t.Helper()
	require.NoError(p.t, os.MkdirAll(*screenshots, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o644))
}
