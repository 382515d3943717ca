import type { BridgeRoute } from '../codec/bridge.ts';
import type { Privilege } from '../commands/command.ts';

/** Settings of the process-wide client. */
export interface IpmiClientOptions {
  /** UDP sockets for each address family, shared by all BMCs; default 1. */
  readonly sockets?: number;
  /** Local address to send from; default any. */
  readonly localAddress?: string;
  /** Receives protocol events (retransmissions, re-opened sessions, suite fall-back); never secrets. */
  readonly log?: (event: ClientEvent) => void;
}

/** Something worth telling an operator or a debugger. */
export interface ClientEvent {
  readonly event:
    | 'session-open'
    | 'session-lost'
    | 'suite-fallback'
    | 'retransmit'
    | 'busy'
    | 'keep-alive-failed'
    | 'dropped';
  /** `host:port`. */
  readonly bmc: string;
  readonly detail?: string;
}

/** How to reach one BMC and how to behave towards it. */
export interface BmcOptions {
  /** IPv4 or IPv6 literal, or a name. */
  readonly host: string;
  /** UDP port; default 623. */
  readonly port?: number;
  /** Up to 16 bytes; empty for the null user. */
  readonly username?: string;
  /** Up to 20 bytes. */
  readonly password?: string;
  /** The BMC key Kg, up to 20 bytes; a Buffer for binary keys. */
  readonly kg?: string | Uint8Array;
  /** Highest privilege to ask for; default `administrator`. The session uses what a command needs. */
  readonly privilege?: Privilege;
  /** Look the user up by name only instead of name and privilege (RAKP 1 role bit 4); default true. */
  readonly nameOnlyLookup?: boolean;
  /** Send and hash the user name padded with 00h to 16 bytes, as some Intel boards want it; default false. */
  readonly padUsername?: boolean;
  /** Hash the privilege of Open Session into RAKP instead of the whole role byte (field quirk); default false. */
  readonly hashOpenSessionPrivilege?: boolean;
  /** Suites in order of preference; default `[17, 3]`. Suites without confidentiality only when named here. */
  readonly cipherSuites?: readonly number[];
  /** Least time between two commands; default 0. Busy answers raise it for a while. */
  readonly minGapMs?: number;
  /** Idle time after which a kept session is refreshed; default 30,000; 0 never. */
  readonly keepAliveMs?: number;
  /** Idle time after which a kept session is closed; default 600,000; 0 never. */
  readonly idleCloseMs?: number;
  /** First wait for an answer before any round trip was measured, to this BMC or its neighbours; default 300. */
  readonly firstTimeoutMs?: number;
  /** Time for a whole call when the call names none; default 15,000. */
  readonly deadlineMs?: number;
  /** Accept answers with wrong checksums, which some Supermicro X9 boards send; default false. */
  readonly ignoreChecksum?: boolean;
  /** Reach another controller through this BMC (Send Message, IPMI v2.0 §22.7). */
  readonly bridge?: BridgeRoute;
}

/** Given to every call. */
export interface CallOptions {
  /** Rejects the call with `IpmiAborted` when it fires. */
  readonly signal?: AbortSignal;
  /** Time for the whole call, queueing, session opening and retries included. */
  readonly deadlineMs?: number;
}

/** Options of opening serial over LAN. */
export interface SolOptions extends CallOptions {
  /** Payload instance; default 1. */
  readonly instance?: number;
  /** Take the console from whoever holds it; default true. */
  readonly takeOver?: boolean;
  /** Re-open the session and activate again when the BMC drops it; default true. */
  readonly reattach?: boolean;
  /** Largest payload to send, 5–259, instead of what the BMC names. */
  readonly payloadSize?: number;
  /** UDP port instead of what the BMC names. */
  readonly port?: number;
}
