/** What happens after an error follows from its kind, nowhere else (conventions: Errors). */
export type ErrorKind = 'retry' | 'wait' | 'stop' | 'bug';

interface ErrorEntry {
  readonly kind: ErrorKind;
  /** The HTTP status that the API answers with. */
  readonly status: number;
  /** One sentence for docs/errors.md. */
  readonly means: string;
}

/** Every error code of Anneal; docs/errors.md is tested against this table in both directions. */
export const ERRORS = {
  // Requests: Ironic's own names and pairs.
  NodeNotFound: { kind: 'stop', status: 404, means: 'No node has this uuid or name, or it is not yours.' },
  PortNotFound: { kind: 'stop', status: 404, means: 'No port has this uuid or name.' },
  DriverNotFound: { kind: 'stop', status: 404, means: 'No worker offers this hardware type.' },
  ConductorNotFound: { kind: 'stop', status: 404, means: 'No worker has this host name.' },
  NotFound: { kind: 'stop', status: 404, means: 'The thing named in the request does not exist.' },
  InvalidParameterValue: {
    kind: 'stop',
    status: 400,
    means: 'A field of the request does not fit; the message names it.',
  },
  MissingParameterValue: {
    kind: 'stop',
    status: 400,
    means: 'A field that the driver needs is missing; the message names it.',
  },
  InvalidStateRequested: { kind: 'stop', status: 400, means: 'The verb is not legal in the present provision state.' },
  UnsupportedDriverExtension: { kind: 'stop', status: 400, means: 'The hardware type cannot do what was asked.' },
  NodeInMaintenance: { kind: 'stop', status: 400, means: 'The node is in maintenance; take it out first.' },
  NodeProtected: { kind: 'stop', status: 403, means: 'The node is protected from deletion and rebuild.' },
  InvalidState: {
    kind: 'stop',
    status: 409,
    means: 'The node’s present state does not allow this; the message says which do.',
  },
  RequestTooLarge: { kind: 'stop', status: 413, means: 'The request body is larger than the API takes.' },
  NotAuthorized: { kind: 'stop', status: 401, means: 'No or wrong credentials.' },
  Forbidden: { kind: 'stop', status: 403, means: 'The caller may not do this.' },
  QuotaExceeded: {
    kind: 'stop',
    status: 403,
    means: 'The project holds as many nodes as it may; the message says how many.',
  },
  TooManyRequests: { kind: 'wait', status: 429, means: 'The caller asks more often than the API allows.' },
  NotAcceptable: { kind: 'stop', status: 406, means: 'The API microversion asked for is not served.' },
  NodeLocked: { kind: 'wait', status: 409, means: 'Another operation holds the node; it ends by itself or by abort.' },
  ChildNodeLocked: {
    kind: 'stop',
    status: 409,
    means:
      'Another operation holds a child that a step is for; nothing was done on any child. Ask again when it has ended.',
  },
  NodeAssociated: { kind: 'stop', status: 409, means: 'The node belongs to an instance.' },
  MACAlreadyExists: { kind: 'stop', status: 409, means: 'A port with this MAC address exists.' },
  AlreadyExists: {
    kind: 'stop',
    status: 409,
    means: 'Another record has this uuid, name, address or other unique value.',
  },
  AllocationFailed: {
    kind: 'stop',
    status: 409,
    means: 'The node that an allocation was to be made for does not fit it; the message says why.',
  },
  NotEmpty: { kind: 'stop', status: 400, means: 'Something still belongs to what was to be removed or moved.' },
  DuplicateName: { kind: 'stop', status: 409, means: 'A node with this name or uuid exists.' },
  VifAlreadyAttached: { kind: 'stop', status: 409, means: 'The VIF is attached already.' },
  NoFreePhysicalPorts: { kind: 'stop', status: 400, means: 'No free port of the node can take this VIF.' },
  NoFreeWorker: {
    kind: 'wait',
    status: 503,
    means: 'No worker of the node’s site answers; the request was not taken.',
  },
  ServiceUnavailable: { kind: 'retry', status: 503, means: 'PostgreSQL or Temporal does not answer.' },

  // BMC.
  BmcUnreachable: { kind: 'retry', status: 503, means: 'The BMC does not answer.' },
  BmcBusy: { kind: 'wait', status: 503, means: 'The BMC answers busy or has no free session.' },
  BmcAuthFailed: { kind: 'stop', status: 400, means: 'The BMC refused the user name, password or Kg.' },
  BmcRefused: { kind: 'stop', status: 400, means: 'The BMC refused the command.' },
  BmcMalformedReply: { kind: 'retry', status: 503, means: 'The BMC answered bytes that do not fit the specification.' },
  PowerStateNotReached: { kind: 'retry', status: 503, means: 'The machine did not reach the power state in time.' },
  BootDeviceNotKept: { kind: 'stop', status: 400, means: 'The BMC did not keep the boot flags that were written.' },

  // Agent.
  AgentUnreachable: { kind: 'retry', status: 503, means: 'The agent does not answer at its call-back address.' },
  AgentBusy: { kind: 'wait', status: 503, means: 'The agent still runs another command; it takes one at a time.' },
  AgentTimeout: { kind: 'stop', status: 503, means: 'The agent did not call back before the deadline.' },
  AgentTokenInvalid: { kind: 'stop', status: 401, means: 'The agent’s token is missing or wrong.' },
  AgentCommandFailed: { kind: 'stop', status: 500, means: 'The agent ran the command and reports a failure.' },
  AgentLost: { kind: 'stop', status: 500, means: 'The agent restarted or vanished while a command ran.' },
  InspectionRuleFailed: {
    kind: 'stop',
    status: 400,
    means: 'An inspection rule says that the inspection fails, or can’t be carried out; the message says why.',
  },
  StepNotAllowed: { kind: 'stop', status: 400, means: 'The operator’s configuration forbids this step.' },
  StepNotFound: { kind: 'stop', status: 400, means: 'Neither the drivers nor the agent offer this step.' },

  // Images and config drives.
  ImageNotFound: { kind: 'stop', status: 400, means: 'The image server says that there is no such image.' },
  ImageUnreachable: { kind: 'retry', status: 503, means: 'The image server does not answer.' },
  ImageCacheFull: { kind: 'retry', status: 503, means: 'The disk of the image cache is full.' },
  ImageChecksumMismatch: {
    kind: 'stop',
    status: 400,
    means: 'The image’s bytes do not have the checksum that was given.',
  },
  ImageChecksumMissing: {
    kind: 'stop',
    status: 400,
    means: 'instance_info lacks image_checksum or image_os_hash_value.',
  },
  ImageTooLarge: { kind: 'stop', status: 400, means: 'The image is larger than the root disk.' },
  ImageFormatRefused: {
    kind: 'stop',
    status: 400,
    means: 'The image is neither raw nor qcow2, or refers to other files.',
  },
  RootDeviceNotFound: { kind: 'stop', status: 400, means: 'No disk of the machine matches the root device hints.' },
  ConfigDriveInvalid: {
    kind: 'stop',
    status: 400,
    means: 'The config drive is neither JSON, gzip+base64 ISO nor a URL.',
  },

  // Cleaning.
  DiskMissing: { kind: 'stop', status: 500, means: 'A disk that inspection saw is not there at cleaning.' },
  EraseNotVerified: {
    kind: 'stop',
    status: 500,
    means: 'Reading back found data after the erase, or could not be done.',
  },
  BiosResetNotVerified: {
    kind: 'stop',
    status: 500,
    means: 'The BMC did not take, or did not act on, the clear CMOS flag.',
  },
  CleaningNotProven: {
    kind: 'stop',
    status: 500,
    means: 'A disk has no accepted erasure record; the node may not become available.',
  },

  // Network.
  SwitchNotFound: { kind: 'stop', status: 400, means: 'local_link_connection names a switch that is not configured.' },
  SwitchPortNotFound: { kind: 'stop', status: 400, means: 'The switch has no such port.' },
  SwitchUnreachable: { kind: 'retry', status: 503, means: 'The switch does not answer.' },
  SwitchRefused: { kind: 'stop', status: 500, means: 'The switch refused the change, or reads back something else.' },
  NetworkNotFound: { kind: 'stop', status: 400, means: 'No network has this name.' },

  // Operations.
  DeadlineExceeded: { kind: 'stop', status: 500, means: 'A transient state lasted longer than its deadline.' },
  Aborted: { kind: 'stop', status: 500, means: 'The operation was aborted on request.' },
  ScheduleInvalid: {
    kind: 'stop',
    status: 400,
    means: 'The cleaning schedule does not fit; the message names the field.',
  },
  InternalError: {
    kind: 'bug',
    status: 500,
    means: 'A rule that Anneal keeps by itself was broken; the log has the details.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS;

/** Tells a code of the table from any other word. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/**
 * The one error that Anneal throws on purpose. The message names the thing, what was tried, what came
 * back and what to do; it never holds a secret.
 */
export class BareMetalError extends Error {
  override readonly name = 'BareMetalError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** What may happen next: see the table. */
  get kind(): ErrorKind {
    return ERRORS[this.code].kind;
  }

  /** The HTTP status of this error. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** The code of any thrown thing: its own when it is a BareMetalError, else InternalError. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof BareMetalError ? error.code : 'InternalError';
}
