import { WHO } from './who.ts';

/** Rules on all else that a project may touch: name, who may by default, what it allows (Ironic 39's). */
export const RESOURCE_RULES = [
  ['baremetal:shards:get', WHO.systemReader, 'List the shards'],

  ['baremetal:port:get', WHO.projectReader, 'See a port'],
  ['baremetal:port:list', WHO.anyReader, 'List the ports of one’s project’s nodes'],
  ['baremetal:port:list_all', WHO.systemReader, 'List all ports'],
  ['baremetal:port:create', WHO.systemAdminOrOwnerManager, 'Add a port'],
  ['baremetal:port:delete', WHO.systemAdminOrOwnerManager, 'Remove a port'],
  ['baremetal:port:update', WHO.ownerManager, 'Change a port'],

  ['baremetal:portgroup:get', WHO.projectReader, 'See a port group'],
  ['baremetal:portgroup:list', WHO.anyReader, 'List the port groups of one’s project’s nodes'],
  ['baremetal:portgroup:list_all', WHO.systemReader, 'List all port groups'],
  ['baremetal:portgroup:create', WHO.systemAdminOrOwnerManager, 'Add a port group'],
  ['baremetal:portgroup:delete', WHO.systemAdminOrOwnerManager, 'Remove a port group'],
  ['baremetal:portgroup:update', WHO.ownerManager, 'Change a port group'],

  ['baremetal:volume:list_all', WHO.systemReader, 'List all volume connectors and targets'],
  ['baremetal:volume:list', WHO.anyReader, 'List the volume connectors and targets of one’s project’s nodes'],
  ['baremetal:volume:get', WHO.projectReader, 'See a volume connector or target'],
  ['baremetal:volume:create', WHO.ownerOrLesseeManager, 'Add a volume connector or target'],
  ['baremetal:volume:delete', WHO.ownerOrLesseeManager, 'Remove a volume connector or target'],
  ['baremetal:volume:update', WHO.operator, 'Change a volume connector or target'],
  ['baremetal:volume:view_target_properties', WHO.systemReaderOrAdmin, 'See the properties of a volume target'],

  ['baremetal:conductor:get', WHO.systemReader, 'See the conductors'],

  ['baremetal:allocation:get', WHO.allocationReader, 'See an allocation'],
  ['baremetal:allocation:list', WHO.anyReader, 'List one’s project’s allocations'],
  ['baremetal:allocation:list_all', WHO.systemReader, 'List all allocations'],
  ['baremetal:allocation:create', WHO.allocationCreator, 'Ask for a node'],
  ['baremetal:allocation:create_restricted', WHO.systemMember, 'Ask for a node on behalf of another project'],
  ['baremetal:allocation:delete', WHO.allocationMember, 'Give an allocation back'],
  ['baremetal:allocation:update', WHO.allocationMember, 'Change name and `extra` of an allocation'],

  ['baremetal:deploy_template:get', WHO.systemReader, 'See deploy templates'],
  ['baremetal:deploy_template:create', WHO.systemAdmin, 'Add a deploy template'],
  ['baremetal:deploy_template:delete', WHO.systemAdmin, 'Remove a deploy template'],
  ['baremetal:deploy_template:update', WHO.systemAdmin, 'Change a deploy template'],

  ['baremetal:runbook:get', WHO.runbookReader, 'See a runbook'],
  ['baremetal:runbook:list', WHO.anyReader, 'List one’s project’s runbooks and the public ones'],
  ['baremetal:runbook:list_all', WHO.systemReader, 'List all runbooks'],
  ['baremetal:runbook:create', WHO.runbookCreator, 'Add a runbook'],
  ['baremetal:runbook:delete', WHO.runbookManager, 'Remove a runbook'],
  ['baremetal:runbook:update', WHO.runbookManager, 'Change a runbook'],
  ['baremetal:runbook:update:public', WHO.systemMember, 'Make a runbook public, or not'],
  ['baremetal:runbook:update:owner', WHO.systemMember, 'Give a runbook to a project'],
  ['baremetal:runbook:use', WHO.runbookManager, 'Run a runbook on a node'],

  ['baremetal:inspection_rule:get', WHO.systemReader, 'See inspection rules'],
  ['baremetal:inspection_rule:list_all', WHO.systemReader, 'List all inspection rules'],
  ['baremetal:inspection_rule:create', WHO.systemAdmin, 'Add an inspection rule'],
  ['baremetal:inspection_rule:update', WHO.systemAdmin, 'Change an inspection rule'],
  ['baremetal:inspection_rule:delete', WHO.systemAdmin, 'Remove inspection rules'],
] as const;

/** Rules that only a caller of the whole system can pass: no project has chassis, drivers or events. */
export const SYSTEM_RULES = [
  ['baremetal:node:update_owner_provisioned', WHO.systemAdmin, 'Give a node to a project while it is `active`'],

  ['baremetal:chassis:get', WHO.systemReader, 'See chassis'],
  ['baremetal:chassis:create', WHO.systemAdmin, 'Add a chassis'],
  ['baremetal:chassis:delete', WHO.systemAdmin, 'Remove a chassis'],
  ['baremetal:chassis:update', WHO.systemMember, 'Change a chassis'],

  ['baremetal:driver:get', WHO.systemReader, 'See the hardware types'],
  ['baremetal:driver:get_properties', WHO.systemReader, 'See what a hardware type wants in `driver_info`'],
  ['baremetal:driver:get_raid_logical_disk_properties', WHO.systemReader, 'See what a logical disk may say'],
  ['baremetal:driver:vendor_passthru', WHO.systemAdmin, 'Call a vendor’s methods of a hardware type'],

  ['baremetal:events:post', WHO.systemAdmin, 'Tell of events in the network'],
] as const;

/** The rule that only a caller of a project can pass; Ironic keeps it from the time before scopes. */
export const PROJECT_RULES = [
  [
    'baremetal:allocation:create_pre_rbac',
    '(rule:is_member and role:baremetal_admin) or (is_admin_project:True and role:admin)',
    'Ask for a node by the roles from before scopes',
  ],
] as const;

/** Rules of the agent, which has no identity but its token; and the parts that other rules are made of. */
export const UNSCOPED_RULES = [
  ['baremetal:node:ipa_heartbeat', WHO.everybody, 'The agent’s heartbeats'],
  ['baremetal:driver:ipa_lookup', WHO.everybody, 'The agent’s look-up of its node'],
  ['baremetal:driver:ipa_continue_inspection', WHO.everybody, 'The agent’s inventory'],

  ['admin_api', 'role:admin or role:administrator', 'An administrator, from before scopes'],
  ['public_api', 'is_public_api:True', 'A request that needs no caller'],
  ['show_password', WHO.nobody, 'See the secrets in `driver_info`'],
  ['show_instance_secrets', WHO.nobody, 'See the secrets in `instance_info`'],
  ['service_role', 'role:service and project_name:%(config.service_project_name)s', 'A service of the service project'],
  [
    'is_member',
    '(project_domain_id:default or project_domain_id:None) and (project_name:demo or project_name:baremetal)',
    'A member, from before scopes',
  ],
  ['is_observer', 'rule:is_member and (role:observer or role:baremetal_observer)', 'A reader, from before scopes'],
  [
    'is_admin',
    'rule:admin_api or (rule:is_member and role:baremetal_admin)',
    'An administrator of either kind, from before scopes',
  ],
  ['is_node_owner', 'project_id:%(node.owner)s', 'The caller’s project owns the node'],
  ['is_node_lessee', 'project_id:%(node.lessee)s', 'The caller’s project leases the node'],
  ['is_allocation_owner', 'project_id:%(allocation.owner)s', 'The caller’s project owns the allocation'],
] as const;
