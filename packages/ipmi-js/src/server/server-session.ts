import type { CipherSuite } from '../codec/cipher-suites.ts';
import type { SessionCipher } from '../session/cipher.ts';
import type { RakpFacts } from '../session/keys.ts';
import type { Account } from './users.ts';

/** Where a datagram came from. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** A session that is being opened or open. */
export interface ServerSession {
  readonly id: number;
  readonly consoleSessionId: number;
  readonly suite: CipherSuite;
  /** The console's present address; it may move, as the packets are authenticated. */
  peer: Peer;
  /** What RAKP hashes; set by RAKP 1. */
  facts?: RakpFacts;
  account?: Account;
  /** Set when open. */
  cipher?: SessionCipher;
  /** RAKP 4 as it was sent, for a repeated RAKP 3. */
  finalAnswer?: Uint8Array;
  /** Present and highest privilege number. */
  privilege: number;
  maxPrivilege: number;
  /** Small number for Get Session Info. */
  handle: number;
  timer: NodeJS.Timeout;
  /** The last command that must not run twice, so that a repeated request gets the same answer. */
  last?: { key: string; answer: Buffer | undefined };
  /** Gets SOL payloads while serial over LAN is active in this session. */
  onSol?: (payload: Uint8Array) => void;
  /** Called when the session ends for whatever reason. */
  onEnd?: () => void;
}
