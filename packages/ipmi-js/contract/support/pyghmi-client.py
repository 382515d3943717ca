"""Drives a BMC through pyghmi's client: prints what each step answers."""
import sys

from pyghmi.ipmi import command

bmc = command.Command(bmc='127.0.0.1', port=int(sys.argv[1]), userid='admin', password='secret')
print('power', bmc.get_power()['powerstate'])
bmc.set_power('on')
print('power', bmc.get_power()['powerstate'])
bmc.set_bootdev('network', persist=False, uefiboot=True)
boot = bmc.get_bootdev()
print('boot', boot['bootdev'], boot['persistent'], boot['uefimode'])
bmc.set_power('diag')
bmc.set_power('shutdown')
print('users', sorted(u['name'] for u in bmc.get_users().values() if u['name']))
print('sensor', [(s.name, s.value) for s in bmc.get_sensor_data() if s.name == 'CPU Temp'])
print('serial', bmc.get_inventory_of_component('System').get('Serial Number'))
bmc.ipmi_session.logout()
