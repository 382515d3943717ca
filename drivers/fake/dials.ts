import { z } from 'zod';
import { HEALTH_STATES, type Health } from '../../domain/health.ts';
import { BareMetalError, ERRORS, isErrorCode } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Node } from '../../domain/node.ts';
import { nameOf } from '../node-name.ts';

/** The delay dials of a fake node's driver_info: seconds, or "a,b" for a random time between (Ironic's [fake] options). */
export const DELAY_DIALS = {
  fake_power_delay_s: 'Seconds (or "a,b") that each change of power takes.',
  fake_management_delay_s: 'Seconds (or "a,b") that each change of the boot device takes.',
  fake_clean_delay_s: 'Seconds (or "a,b") that each clean step takes.',
  fake_deploy_delay_s: 'Seconds (or "a,b") that each deploy step takes.',
  fake_inspect_delay_s: 'Seconds (or "a,b") that an inspection takes.',
  fake_bios_delay_s: 'Seconds (or "a,b") that each step on the BIOS takes.',
  fake_raid_delay_s: 'Seconds (or "a,b") that each step on the RAID takes.',
  fake_firmware_delay_s: 'Seconds (or "a,b") that each update of firmware takes.',
  fake_vendor_delay_s: 'Seconds (or "a,b") that each step or method of the vendor takes.',
  fake_rescue_delay_s: 'Seconds (or "a,b") that giving the rescue system its password takes.',
  fake_network_delay_s: 'Seconds (or "a,b") that each change of a VLAN takes.',
} as const;

/** One delay dial. */
export type DelayDial = keyof typeof DELAY_DIALS;

/** The first `times` calls fail with `code`, before or after they took effect. */
export interface FaultDial {
  readonly times: number;
  readonly code: ErrorCode;
  readonly when: 'before' | 'after';
  /** Seconds that a failing call hangs before it fails. */
  readonly hang_s: number;
}

const faultSchema = z.strictObject({
  times: z.int().min(1).default(1),
  code: z.custom<ErrorCode>((value) => typeof value === 'string' && isErrorCode(value), {
    error: `expected one of ${Object.keys(ERRORS).join(', ')}`,
  }),
  when: z.enum(['before', 'after']).default('before'),
  hang_s: z.number().min(0).default(0),
});

const DELAY = /^\s*(\d+(?:\.\d+)?)\s*(?:,\s*(\d+(?:\.\d+)?)\s*)?$/;

/**
 * The delay that a dial asks for, in milliseconds; 0 when the node does not have the dial.
 * @param random gives a number from 0 to below 1
 * @throws BareMetalError `InvalidParameterValue`
 */
export function delayMs(node: Node, dial: DelayDial, random: () => number = Math.random): number {
  const value = node.driverInfo[dial];
  if (value === undefined || value === null) return 0;
  const match = typeof value === 'string' || typeof value === 'number' ? DELAY.exec(String(value)) : null;
  if (match === null) throw wrongDial(node, dial, 'expected seconds such as 2 or "1,3"');
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  if (to < from) throw wrongDial(node, dial, 'expected the smaller number first');
  return Math.round((from + random() * (to - from)) * 1000);
}

/**
 * The fault dial of one call, such as `power.setPowerState`, or undefined.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function faultOf(node: Node, call: string): FaultDial | undefined {
  const dials = node.driverInfo['fake_faults'];
  if (dials === undefined || dials === null) return undefined;
  if (typeof dials !== 'object' || Array.isArray(dials)) {
    throw wrongDial(node, 'fake_faults', 'expected an object such as {"power.setPowerState": {"code": "BmcBusy"}}');
  }
  const dial = Object.entries(dials).find(([name]) => name === call)?.[1] as unknown;
  if (dial === undefined) return undefined;
  const parsed = faultSchema.safeParse(dial);
  if (!parsed.success) throw wrongDial(node, `fake_faults["${call}"]`, z.prettifyError(parsed.error));
  return parsed.data;
}

/**
 * What the fake BMC says of the machine's health: driver_info/fake_health, or null.
 * @throws BareMetalError `InvalidParameterValue`
 */
export function fakeHealth(node: Node): Health | null {
  const value = node.driverInfo['fake_health'] ?? null;
  const known = HEALTH_STATES.find((state) => state === value);
  if (value === null || known !== undefined) return known ?? null;
  throw wrongDial(node, 'fake_health', `expected one of ${HEALTH_STATES.join(', ')}`);
}

/** Throws when any dial of the node cannot be read. */
export function checkDials(node: Node): void {
  for (const dial of Object.keys(DELAY_DIALS) as DelayDial[]) delayMs(node, dial);
  fakeHealth(node);
  const dials = node.driverInfo['fake_faults'];
  for (const call of Object.keys(dials ?? {})) faultOf(node, call);
}

/** The error for a driver_info field of a fake node that does not fit. */
export function wrongDial(node: Node, dial: string, expected: string): BareMetalError {
  return new BareMetalError('InvalidParameterValue', `driver_info/${dial} of node ${nameOf(node)}: ${expected}.`);
}
