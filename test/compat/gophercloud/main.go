// Drives gophercloud, the Go SDK of OpenStack, against one endpoint: one scenario a run. The first check that fails
// is told on stderr, with exit code 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/noauth"
)

const patience = 2 * time.Minute

// tour is what a scenario needs.
type tour struct {
	ctx            context.Context
	client         *gophercloud.ServiceClient
	conductorGroup string
}

var scenarios = map[string]func(tour) error{
	"life":       life,
	"nodes":      keepNodes,
	"ports":      keepPorts,
	"management": manage,
	"inventory":  listWhatIsThere,
}

func main() {
	endpoint := flag.String("endpoint", "", "the API, without /v1")
	version := flag.String("version", "1.90", "microversion to ask for")
	conductorGroup := flag.String("conductor-group", "", "of the nodes that are made")
	flag.Parse()
	scenario, known := scenarios[flag.Arg(0)]
	if !known {
		fail(fmt.Errorf("scenarios: %s", strings.Join(names(), ", ")))
	}
	client, err := noauth.NewBareMetalNoAuth(noauth.EndpointOpts{IronicEndpoint: *endpoint + "/v1"})
	if err != nil {
		fail(err)
	}
	client.Microversion = *version
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := scenario(tour{ctx, client, *conductorGroup}); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func names() []string {
	all := make([]string, 0, len(scenarios))
	for name := range scenarios {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// step names what failed.
func step(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// expect compares two values by their Go notation.
func expect(name string, got, want any) error {
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); g != w {
		return fmt.Errorf("%s is %s, not %s", name, g, w)
	}
	return nil
}

// inOrder takes steps one after the other and stops at the first that fails.
func inOrder(steps ...func() error) error {
	for _, run := range steps {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}
