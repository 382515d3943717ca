import type { InspectionRule, RuleWorld } from '../../../../domain/inspection-rules/rule.ts';

/** A rule that acts always and does nothing that matters, but for what a test says. */
export function aRule(parts: Partial<InspectionRule> = {}): InspectionRule {
  return {
    uuid: '44444444-0000-4000-8000-000000000001',
    priority: 0,
    description: null,
    phase: 'main',
    sensitive: false,
    conditions: [],
    actions: [{ op: 'log', args: { msg: 'seen' } }],
    ...parts,
  };
}

/** What an inspection of a small machine found. */
export function aWorld(): RuleWorld {
  return {
    node: {
      uuid: '11111111-0000-4000-8000-000000000001',
      name: 'n1',
      resource_class: null,
      properties: { cpus: 4, capabilities: 'boot_mode:uefi,cpu_vt:true' },
      extra: { tags: ['a'] },
      driver_info: { ipmi_address: '192.0.2.7', ipmi_password: 'bmc-secret' },
      instance_info: {},
    },
    ports: [{ uuid: 'p1', address: '52:54:00:00:00:01', extra: {}, local_link_connection: { port_id: 'e1' } }],
    traits: ['CUSTOM_OLD'],
    inventory: {
      hostname: 'rack7-u12',
      bmc_address: '192.0.2.7',
      bmc_password: 'reported-secret',
      cpu: { count: 4, architecture: 'x86_64' },
      interfaces: [
        { name: 'eth0', has_carrier: true },
        { name: 'eth1', has_carrier: false },
      ],
    },
    pluginData: { lldp: { port: 'e1' }, list: [1] },
  };
}
