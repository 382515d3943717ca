import type { Codec } from '../codec/layout.ts';

/** Privilege levels from least to most (IPMI v2.0 §6.8). */
export const PRIVILEGES = ['callback', 'user', 'operator', 'administrator', 'oem'] as const;

/** A privilege level by name. */
export type Privilege = (typeof PRIVILEGES)[number];

/** The wire number of a privilege level, 1–5. */
export const privilegeNumber = (privilege: Privilege): number => PRIVILEGES.indexOf(privilege) + 1;

/** The name of wire number 1–5; undefined for the others. */
export const privilegeName = (level: number): Privilege | undefined => PRIVILEGES[level - 1];

/** The wire identity of a command with both directions of its two messages. */
export interface Command<Q, S> {
  /** As the specification spells it. */
  readonly name: string;
  /** Section of IPMI v2.0 unless it names another document. */
  readonly spec: string;
  readonly netFn: number;
  readonly cmd: number;
  /** Least privilege that the specification demands (appendix G). */
  readonly privilege: Privilege;
  /** True when sending it twice does no harm: reads, and writes of a whole value. */
  readonly repeatable: boolean;
  /** Data after the command byte. */
  readonly request: Codec<Q>;
  /** Data after the completion code. */
  readonly response: Codec<S>;
  /** Completion codes 80h–BEh that this command defines. */
  readonly codes?: Readonly<Record<number, string>>;
}

/** Network function codes, request side (IPMI v2.0 §5.1). */
export const NETFN = {
  chassis: 0x00,
  bridge: 0x02,
  sensor: 0x04,
  app: 0x06,
  firmware: 0x08,
  storage: 0x0a,
  transport: 0x0c,
  group: 0x2c,
} as const;

/** Declares a command with inferred message types. */
export const command = <Q, S>(declaration: Command<Q, S>): Command<Q, S> => declaration;
