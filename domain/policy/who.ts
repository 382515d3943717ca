/** Any of these may: joins checks by `or`. */
const anyOf = (...checks: readonly string[]): string => checks.map((check) => `(${check})`).join(' or ');

const ofOwner = (role: string): string => `role:${role} and project_id:%(node.owner)s`;
const ofLessee = (role: string): string => `role:${role} and project_id:%(node.lessee)s`;
const ofEither = (role: string): string => `role:${role} and (project_id:%(node.owner)s or project_id:%(node.lessee)s)`;
const ofSystem = (role: string): string => `role:${role} and system_scope:all`;

// The service role in the configured service project, when that was given elevated access.
const ELEVATED_SERVICE = 'rule:service_role';

const SYSTEM_MEMBER = anyOf(ofSystem('member'), ELEVATED_SERVICE);
const SYSTEM_READER = anyOf(ofSystem('reader'), ofSystem('service'), ELEVATED_SERVICE);

/** Who may by default: the groups of persons and services that Ironic 39's rules are made of (its common/policy.py). */
export const WHO = {
  systemAdmin: ofSystem('admin'),
  systemAdminOrService: anyOf(ofSystem('admin'), ofSystem('service')),
  systemMember: SYSTEM_MEMBER,
  systemReader: SYSTEM_READER,
  /** The system's members, members of the owner or lessee, services. */
  projectMember: anyOf(SYSTEM_MEMBER, ofEither('member'), ofSystem('service')),
  /** The system's readers, readers of the owner or lessee, the owner's services. */
  projectReader: anyOf(SYSTEM_READER, ofEither('reader'), ofOwner('service')),
  /** What runs a machine: the owner's members, but of a lessee only managers and admins. */
  operator: anyOf(
    SYSTEM_MEMBER,
    ofSystem('service'),
    ofOwner('member'),
    ofLessee('admin'),
    ofLessee('manager'),
    ofOwner('service'),
  ),
  systemAdminOrOwnerManager: anyOf(
    ofSystem('admin'),
    ofSystem('service'),
    ofOwner('admin'),
    ofOwner('manager'),
    ofOwner('service'),
  ),
  ownerManager: anyOf(SYSTEM_MEMBER, ofSystem('service'), ofOwner('admin'), ofOwner('manager'), ofOwner('service')),
  ownerMember: anyOf(SYSTEM_MEMBER, ofSystem('service'), ofOwner('member'), ofOwner('service')),
  ownerReader: anyOf(SYSTEM_READER, ofSystem('service'), ofOwner('reader'), ofOwner('service')),
  ownerOrLesseeManager: anyOf(
    SYSTEM_MEMBER,
    ofSystem('service'),
    ofOwner('admin'),
    ofOwner('manager'),
    ofLessee('admin'),
    ofLessee('manager'),
    ofOwner('service'),
  ),
  ownerAdmin: ofOwner('admin'),
  anyReader: 'role:reader or role:service',
  anyAdminOrService: 'role:admin or role:service',
  systemReaderOrAdmin: anyOf(SYSTEM_READER, 'role:admin'),
  allocationReader: anyOf(SYSTEM_READER, 'role:reader and project_id:%(allocation.owner)s'),
  allocationMember: anyOf(SYSTEM_MEMBER, 'role:member and project_id:%(allocation.owner)s'),
  allocationCreator: anyOf(SYSTEM_MEMBER, 'role:member'),
  runbookReader: anyOf(SYSTEM_READER, 'role:reader and project_id:%(runbook.owner)s', 'role:service'),
  runbookManager: anyOf(SYSTEM_MEMBER, 'role:manager and project_id:%(runbook.owner)s', 'role:service'),
  runbookCreator: anyOf(SYSTEM_MEMBER, 'role:manager', 'role:service'),
  everybody: '@',
  nobody: '!',
} as const;
