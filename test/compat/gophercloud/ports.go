package main

import (
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/nodes"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/ports"
)

func keepPorts(t tour) error {
	node, err := t.create("gopher-ported")
	if err != nil {
		return err
	}
	// Of its own for each version, as the node's name is.
	address := "52:54:00:0e:00:" + t.client.Microversion[len(t.client.Microversion)-2:]
	pxe := true
	port, err := ports.Create(t.ctx, t.client, ports.CreateOpts{
		NodeUUID:            node.UUID,
		Address:             address,
		PXEEnabled:          &pxe,
		PhysicalNetwork:     "net",
		LocalLinkConnection: map[string]any{"switch_id": "0a:1b:2c:3d:4e:5f", "port_id": "p1", "switch_info": "leaf"},
	}).Extract()
	if err != nil {
		return step("create port", err)
	}
	return inOrder(
		func() error { return expect("address", port.Address, address) },
		func() error { return t.findPort(node.UUID, port.UUID) },
		func() error { return t.changePort(port.UUID) },
		func() error { return t.attachVIF(node.UUID) },
		func() error { return step("delete port", ports.Delete(t.ctx, t.client, port.UUID).ExtractErr()) },
	)
}

func (t tour) findPort(nodeUUID, uuid string) error {
	page, err := ports.ListDetail(t.client, ports.ListOpts{NodeUUID: nodeUUID}).AllPages(t.ctx)
	if err != nil {
		return step("list ports", err)
	}
	found, err := ports.ExtractPorts(page)
	if err != nil {
		return step("read ports", err)
	}
	if err := expect("number of ports", len(found), 1); err != nil {
		return err
	}
	return expect("port", []string{found[0].UUID, found[0].NodeUUID}, []string{uuid, nodeUUID})
}

func (t tour) changePort(uuid string) error {
	change := ports.UpdateOperation{Op: ports.ReplaceOp, Path: "/pxe_enabled", Value: false}
	if _, err := ports.Update(t.ctx, t.client, uuid, ports.UpdateOpts{change}).Extract(); err != nil {
		return step("update port", err)
	}
	port, err := ports.Get(t.ctx, t.client, uuid).Extract()
	if err != nil {
		return step("get port", err)
	}
	return expect("pxe_enabled", port.PXEEnabled, false)
}

func (t tour) attachVIF(nodeUUID string) error {
	opts := nodes.VirtualInterfaceOpts{ID: "vif-1"}
	if err := nodes.AttachVirtualInterface(t.ctx, t.client, nodeUUID, opts).ExtractErr(); err != nil {
		return step("attach VIF", err)
	}
	vifs, err := nodes.ListVirtualInterfaces(t.ctx, t.client, nodeUUID).Extract()
	if err != nil {
		return step("list VIFs", err)
	}
	if err := expect("VIFs", vifs, []nodes.VIF{{ID: "vif-1"}}); err != nil {
		return err
	}
	return step("detach VIF", nodes.DetachVirtualInterface(t.ctx, t.client, nodeUUID, "vif-1").ExtractErr())
}
