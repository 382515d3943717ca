"""A BMC made of pyghmi's Bmc class; prints each act on a line."""
import sys

from pyghmi.ipmi import bmc


class Machine(bmc.Bmc):
    power = 'off'

    def act(self, what):
        print(what, flush=True)

    def get_power_state(self):
        return self.power

    def power_on(self):
        self.power = 'on'
        self.act('on')

    def power_off(self):
        self.power = 'off'
        self.act('off')

    def power_reset(self):
        self.act('reset')

    def power_cycle(self):
        self.act('cycle')

    def power_shutdown(self):
        self.power = 'off'
        self.act('soft')

    bootdevice = 'default'

    def get_boot_device(self):
        return self.bootdevice

    def set_boot_device(self, bootdevice):
        self.bootdevice = bootdevice

    def pulse_diag(self):
        self.act('nmi')


machine = Machine({'admin': 'secret'}, port=int(sys.argv[1]), address='127.0.0.1')
machine.listen()
