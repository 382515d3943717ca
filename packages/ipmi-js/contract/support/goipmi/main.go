// Drives the BMC at 127.0.0.1:PORT through go-ipmi's client and prints what each step answers, one line a step:
//
//	goipmi-client PORT USER PASSWORD
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	ipmi "github.com/bougou/go-ipmi/pkg/client"
	"github.com/bougou/go-ipmi/pkg/command/chassis"
	"github.com/bougou/go-ipmi/pkg/types"
)

const limit = 40 * time.Second

type step struct {
	name string
	run  func(context.Context, *ipmi.Client) (string, error)
}

var actions = []struct {
	word   string
	action chassis.ChassisControl
}{
	{"on", chassis.ChassisControlPowerUp},
	{"reset", chassis.ChassisControlHardReset},
	{"nmi", chassis.ChassisControlDiagnosticInterrupt},
	{"cycle", chassis.ChassisControlPowerCycle},
	{"soft", chassis.ChassisControlSoftShutdown},
	{"off", chassis.ChassisControlPowerDown},
}

func power(ctx context.Context, client *ipmi.Client) (string, error) {
	said := ""
	for _, one := range actions {
		if _, err := client.ChassisControl(ctx, one.action); err != nil {
			return said, fmt.Errorf("%s: %w", one.word, err)
		}
		status, err := client.GetChassisStatus(ctx)
		if err != nil {
			return said, err
		}
		said += fmt.Sprintf("%s=%t ", one.word, status.PowerIsOn)
	}
	return said, nil
}

func boot(ctx context.Context, client *ipmi.Client) (string, error) {
	if err := client.SetBootDevice(ctx, types.BootDeviceSelectorForcePXE, types.BIOSBootTypeEFI, true); err != nil {
		return "", err
	}
	flags := &types.BootOptionParam_BootFlags{}
	if err := client.GetSystemBootOptionsParamFor(ctx, flags); err != nil {
		return "", err
	}
	pxe := flags.BootDeviceSelector == types.BootDeviceSelectorForcePXE
	return fmt.Sprintf("valid=%t persistent=%t efi=%t pxe=%t", flags.BootFlagsValid, flags.Persist, bool(flags.BIOSBootType), pxe), nil
}

func events(ctx context.Context, client *ipmi.Client) (string, error) {
	entries, err := client.GetSELEntries(ctx, 0)
	if err != nil {
		return "", err
	}
	said := ""
	for _, entry := range entries {
		said += fmt.Sprintf("%d:sensor %d at %d ", entry.RecordID, entry.Standard.SensorNumber, entry.Standard.Timestamp.Unix())
	}
	reserved, err := client.ReserveSEL(ctx)
	if err != nil {
		return said, err
	}
	if _, err := client.ClearSEL(ctx, reserved.ReservationID); err != nil {
		return said, err
	}
	info, err := client.GetSELInfo(ctx)
	if err != nil {
		return said, err
	}
	return said + fmt.Sprintf("cleared to %d", info.Entries), nil
}

func sensors(ctx context.Context, client *ipmi.Client) (string, error) {
	found, err := client.GetSensors(ctx)
	if err != nil {
		return "", err
	}
	said := ""
	for _, one := range found {
		said += fmt.Sprintf("%s=%s ", one.Name, one.HumanStr())
	}
	return said, nil
}

func inventory(ctx context.Context, client *ipmi.Client) (string, error) {
	fru, err := client.GetFRU(ctx, 0, "system")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("board %s %s product %s %s", fru.BoardInfoArea.Manufacturer, fru.BoardInfoArea.SerialNumber,
		fru.ProductInfoArea.Name, fru.ProductInfoArea.SerialNumber), nil
}

func users(ctx context.Context, client *ipmi.Client) (string, error) {
	if _, err := client.SetUsername(ctx, 3, "gopher"); err != nil {
		return "", err
	}
	if _, err := client.SetUserPassword(ctx, 3, "burrow", false); err != nil {
		return "", err
	}
	if err := client.EnableUser(ctx, 3); err != nil {
		return "", err
	}
	list, err := client.GetUsers(ctx, 1)
	if err != nil {
		return "", err
	}
	said := ""
	for _, one := range list {
		if one.Name != "" {
			said += fmt.Sprintf("%d:%s ", one.ID, one.Name)
		}
	}
	return said, nil
}

var steps = []step{
	{"power", power}, {"boot", boot}, {"events", events}, {"sensors", sensors},
	{"inventory", inventory}, {"users", users}, {"console", console},
}

func main() {
	port, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	client, err := ipmi.NewClient("127.0.0.1", port, os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	client = client.WithInterface(ipmi.InterfaceLanplus)
	if err := client.Connect(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	failed := false
	for _, one := range steps {
		said, err := one.run(ctx, client)
		fmt.Println(one.name, said)
		if err != nil {
			failed = true
			fmt.Println(one.name, "failed:", err)
		}
	}
	if err := client.Close(ctx); err != nil || failed {
		os.Exit(1)
	}
}
