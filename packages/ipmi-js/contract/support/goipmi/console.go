package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	ipmi "github.com/bougou/go-ipmi/pkg/client"
	"github.com/bougou/go-ipmi/pkg/command/transport"
	"github.com/bougou/go-ipmi/pkg/types"
)

const (
	typed    = "typed by go-ipmi\r"
	patience = 5 * time.Second
)

// What came from the console, read while it still comes.
type screen struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(data []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.Write(data)
}

func (s *screen) String() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.String()
}

// console types a line into serial over LAN and waits until it comes back in capitals.
func console(ctx context.Context, client *ipmi.Client) (string, error) {
	request := &transport.ActivatePayloadRequest{
		PayloadType:          types.PayloadTypeSOL,
		PayloadInstance:      1,
		EnableEncryption:     true,
		EnableAuthentication: true,
	}
	if _, err := client.ActivatePayload(ctx, request); err != nil {
		return "", err
	}
	ending, stop := context.WithTimeout(ctx, patience)
	defer stop()
	input, keyboard := io.Pipe()
	output := &screen{}
	done := make(chan error, 1)
	go func() { done <- client.SOLStream(ending, input, output, nil) }()
	if _, err := keyboard.Write([]byte(typed)); err != nil {
		return "", err
	}
	wanted := strings.ToUpper(typed)
	for !strings.Contains(output.String(), wanted) && ending.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	keyboard.Close()
	<-done
	_, err := client.DeactivatePayload(ctx, &transport.DeactivatePayloadRequest{
		PayloadType: types.PayloadTypeSOL, PayloadInstance: 1,
	})
	return fmt.Sprintf("%q", output.String()), err
}
