package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/nodes"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

// create makes a node whose name also says the version, so that runs at several versions keep apart.
func (t tour) create(name string) (*nodes.Node, error) {
	name += "-" + t.client.Microversion
	node, err := nodes.Create(t.ctx, t.client, nodes.CreateOpts{
		Driver:         "fake-hardware",
		Name:           name,
		ConductorGroup: t.conductorGroup,
		ResourceClass:  "metal",
		Properties:     map[string]any{"cpus": 4},
	}).Extract()
	return node, step("create "+name, err)
}

// move asks for a provision state and waits for where it leads, and until nothing acts on the node any more.
func (t tour) move(id string, opts nodes.ProvisionStateOpts, reached nodes.ProvisionState) error {
	if err := nodes.ChangeProvisionState(t.ctx, t.client, id, opts).ExtractErr(); err != nil {
		return step(string(opts.Target), err)
	}
	if err := nodes.WaitForProvisionState(t.ctx, t.client, id, reached); err != nil {
		return step("wait for "+string(reached), err)
	}
	return t.settle(id)
}

func (t tour) settle(id string) error {
	for {
		node, err := nodes.Get(t.ctx, t.client, id).Extract()
		if err != nil || node.Reservation == "" {
			return step("settle", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func life(t tour) error {
	node, err := t.create("gopher-life")
	if err != nil {
		return err
	}
	drive := nodes.ConfigDrive{MetaData: map[string]any{"hostname": "gopher"}, UserData: "#!/bin/sh"}
	reset := []nodes.CleanStep{{Interface: nodes.InterfaceRAID, Step: "delete_configuration"}}
	for _, leg := range []struct {
		opts    nodes.ProvisionStateOpts
		reached nodes.ProvisionState
	}{
		{nodes.ProvisionStateOpts{Target: nodes.TargetManage}, nodes.Manageable},
		{nodes.ProvisionStateOpts{Target: nodes.TargetInspect}, nodes.Manageable},
		{nodes.ProvisionStateOpts{Target: nodes.TargetClean, CleanSteps: reset}, nodes.Manageable},
		{nodes.ProvisionStateOpts{Target: nodes.TargetProvide}, nodes.Available},
		{nodes.ProvisionStateOpts{Target: nodes.TargetActive, ConfigDrive: drive}, nodes.Active},
		{nodes.ProvisionStateOpts{Target: nodes.TargetDeleted}, nodes.Available},
		{nodes.ProvisionStateOpts{Target: nodes.TargetManage}, nodes.Manageable},
	} {
		if err := t.move(node.UUID, leg.opts, leg.reached); err != nil {
			return err
		}
	}
	if err := nodes.Delete(t.ctx, t.client, node.UUID).ExtractErr(); err != nil {
		return step("delete", err)
	}
	_, err = nodes.Get(t.ctx, t.client, node.UUID).Extract()
	if !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return step("a deleted node", errors.Join(errors.New("is still there"), err))
	}
	return nil
}

func keepNodes(t tour) error {
	made := map[string]bool{}
	var id string
	for _, name := range []string{"gopher-1", "gopher-2", "gopher-3"} {
		node, err := t.create(name)
		if err != nil {
			return err
		}
		made[node.UUID], id = false, node.UUID
	}
	// One page: gophercloud looks for the link to the next where Ironic has never put it.
	opts := nodes.ListOpts{Limit: 1000, ProvisionState: nodes.Enroll, Driver: "fake-hardware"}
	for name, pager := range map[string]pagination.Pager{
		"list":   nodes.List(t.client, opts),
		"detail": nodes.ListDetail(t.client, opts),
	} {
		if err := pager.EachPage(t.ctx, func(_ context.Context, page pagination.Page) (bool, error) {
			found, err := nodes.ExtractNodes(page)
			for _, node := range found {
				if _, ours := made[node.UUID]; ours {
					made[node.UUID] = true
				}
			}
			return true, err
		}); err != nil {
			return step(name, err)
		}
		for uuid, seen := range made {
			if err := expect(name+" has "+uuid, seen, true); err != nil {
				return err
			}
			made[uuid] = false
		}
	}
	changed, err := nodes.Update(t.ctx, t.client, id, nodes.UpdateOpts{
		nodes.UpdateOperation{Op: nodes.AddOp, Path: "/extra/rack", Value: "r1"},
		nodes.UpdateOperation{Op: nodes.ReplaceOp, Path: "/properties/cpus", Value: 8},
		nodes.UpdateOperation{Op: nodes.RemoveOp, Path: "/resource_class"},
	}).Extract()
	if err != nil {
		return step("update", err)
	}
	return inOrder(
		func() error { return expect("extra", changed.Extra["rack"], "r1") },
		func() error { return expect("cpus", changed.Properties["cpus"], 8.0) },
		func() error { return expect("resource class", changed.ResourceClass, "") },
	)
}

func manage(t tour) error {
	node, err := t.create("gopher-managed")
	if err != nil {
		return err
	}
	id := node.UUID
	if err := t.move(id, nodes.ProvisionStateOpts{Target: nodes.TargetManage}, nodes.Manageable); err != nil {
		return err
	}
	return inOrder(
		func() error { return t.validate(id) },
		func() error { return t.keepMaintenance(id) },
		func() error { return t.power(id, nodes.PowerOn, "power on") },
		func() error { return t.power(id, nodes.SoftRebooting, "power on") },
		func() error { return t.power(id, nodes.PowerOff, "power off") },
		func() error { return t.boot(id) },
		func() error { return step("inject NMI", nodes.InjectNMI(t.ctx, t.client, id).ExtractErr()) },
	)
}

func (t tour) validate(id string) error {
	verdict, err := nodes.Validate(t.ctx, t.client, id).Extract()
	if err != nil {
		return step("validate", err)
	}
	return expect("power's validation", verdict.Power.Result, true)
}

func (t tour) keepMaintenance(id string) error {
	opts := nodes.MaintenanceOpts{Reason: "fans"}
	if err := nodes.SetMaintenance(t.ctx, t.client, id, opts).ExtractErr(); err != nil {
		return step("set maintenance", err)
	}
	node, err := nodes.Get(t.ctx, t.client, id).Extract()
	if err != nil {
		return step("get", err)
	}
	if err := expect("maintenance reason", node.MaintenanceReason, "fans"); err != nil {
		return err
	}
	return step("unset maintenance", nodes.UnsetMaintenance(t.ctx, t.client, id).ExtractErr())
}

func (t tour) power(id string, target nodes.TargetPowerState, reached string) error {
	opts := nodes.PowerStateOpts{Target: target, Timeout: 30}
	if err := nodes.ChangePowerState(t.ctx, t.client, id, opts).ExtractErr(); err != nil {
		return step(string(target), err)
	}
	if err := t.settle(id); err != nil {
		return err
	}
	node, err := nodes.Get(t.ctx, t.client, id).Extract()
	if err != nil {
		return step("get", err)
	}
	return expect("power state after "+string(target), node.PowerState, reached)
}

func (t tour) boot(id string) error {
	wanted := nodes.BootDeviceOpts{BootDevice: "pxe", Persistent: true}
	if err := nodes.SetBootDevice(t.ctx, t.client, id, wanted).ExtractErr(); err != nil {
		return step("set boot device", err)
	}
	if err := t.settle(id); err != nil {
		return err
	}
	device, err := nodes.GetBootDevice(t.ctx, t.client, id).Extract()
	if err != nil {
		return step("get boot device", err)
	}
	if err := expect("boot device", *device, wanted); err != nil {
		return err
	}
	supported, err := nodes.GetSupportedBootDevices(t.ctx, t.client, id).Extract()
	if err != nil {
		return step("supported boot devices", err)
	}
	return expect("there are supported boot devices", len(supported) > 0, true)
}
