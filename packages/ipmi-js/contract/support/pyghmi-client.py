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

print('sensor', sorted((s.name, s.value) for s in bmc.get_sensor_data() if s.value is not None))
print('serial', bmc.get_inventory_of_component('System').get('Serial Number'))
print('events', [(e['component'], e['severity']) for e in bmc.get_event_log(clear=True)])
print('events left', len(list(bmc.get_event_log())))

bmc.create_user(3, 'snake', 'venom', privilege_level='operator')
print('users', sorted((u['name'], u['access']['privilege_level']) for u in bmc.get_users().values() if u['name']))
bmc.user_delete(3)
print('users', sorted(u['name'] for u in bmc.get_users().values() if u['name']))

bmc.set_identify(on=True)
bmc.set_asset_tag(b'bought in 2026, rack 7')
print('asset', bmc.get_asset_tag())
print('channel', bmc.get_channel_access(channel=1)['privilege_level'])
bmc._assure_alert_policy(1, 2)
bmc.ipmi_session.logout()
