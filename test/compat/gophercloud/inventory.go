package main

import (
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/conductors"
	"github.com/gophercloud/gophercloud/v2/openstack/baremetal/v1/drivers"
)

func listWhatIsThere(t tour) error {
	return inOrder(t.listDrivers, t.listConductors)
}

func (t tour) listDrivers() error {
	page, err := drivers.ListDrivers(t.client, drivers.ListDriversOpts{Detail: true}).AllPages(t.ctx)
	if err != nil {
		return step("list drivers", err)
	}
	found, err := drivers.ExtractDrivers(page)
	if err != nil {
		return step("read drivers", err)
	}
	isThere := false
	for _, driver := range found {
		isThere = isThere || driver.Name == "fake-hardware"
	}
	if err := expect("fake-hardware is listed", isThere, true); err != nil {
		return err
	}
	driver, err := drivers.GetDriverDetails(t.ctx, t.client, "fake-hardware").Extract()
	if err != nil {
		return step("driver", err)
	}
	if err := expect("default power interface", driver.DefaultPowerInterface, "fake"); err != nil {
		return err
	}
	_, err = drivers.GetDriverProperties(t.ctx, t.client, "fake-hardware").Extract()
	return step("driver properties", err)
}

func (t tour) listConductors() error {
	page, err := conductors.List(t.client, conductors.ListOpts{}).AllPages(t.ctx)
	if err != nil {
		return step("list conductors", err)
	}
	found, err := conductors.ExtractConductors(page)
	if err != nil {
		return step("read conductors", err)
	}
	if err := expect("there are conductors", len(found) > 0, true); err != nil {
		return err
	}
	conductor, err := conductors.Get(t.ctx, t.client, found[0].Hostname).Extract()
	if err != nil {
		return step("conductor", err)
	}
	return expect("it is alive", conductor.Alive, true)
}
