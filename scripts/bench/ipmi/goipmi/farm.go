package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/bougou/go-ipmi/pkg/bmc"
	"github.com/bougou/go-ipmi/pkg/clock"
	"github.com/bougou/go-ipmi/pkg/hal/mock"
	"github.com/bougou/go-ipmi/pkg/server"
	"github.com/bougou/go-ipmi/pkg/transport/udp"
)

// farm serves COUNT of go-ipmi's BMCs on loopback from FIRST_PORT up until SIGTERM.
func farm(first, count int) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	for index := 0; index < count; index++ {
		target := bmc.New(bmc.DeviceInfo{DeviceID: 32, IPMIVersion: 0x20}, [16]byte{1}, mock.New(), bmc.WithClock(clock.Real))
		user, err := target.Users.Add(2, "ADMIN")
		if err != nil {
			return err
		}
		user.SetPassword([]byte("ADMIN"))
		user.Enabled = true
		user.ChannelAccess[1] = bmc.UserChannelAccess{MaxPrivilege: bmc.PrivilegeLevelAdministrator, Enabled: true}
		conn, err := udp.Listen(fmt.Sprintf("127.0.0.1:%d", first+index))
		if err != nil {
			return err
		}
		go server.NewServer(target, conn).Serve(ctx)
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}
