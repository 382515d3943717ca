import type { Duplex } from 'node:stream';
import type { Privilege } from '../commands/command.ts';

/** One account of a virtual BMC. User id 1 is reserved for the null user; the first here gets id 2. */
export interface VirtualUser {
  readonly name: string;
  /** Up to 20 bytes. */
  readonly password: string;
  /** Default `administrator`. */
  readonly privilege?: Privilege;
  /** Default true. */
  readonly enabled?: boolean;
  /** May use serial over LAN; default true. */
  readonly sol?: boolean;
}

/** Power as the chassis reports it. */
export type ChassisPower = 'on' | 'off';

/**
 * What stands behind the chassis commands. Each call may be asynchronous; a rejection becomes
 * completion code D5h unless the error carries a numeric `completionCode`. Commands are run one at a time.
 */
export interface ChassisCallbacks {
  getPower(): ChassisPower | Promise<ChassisPower>;
  powerOn(): void | Promise<void>;
  /** Hard off. */
  powerOff(): void | Promise<void>;
  /** Off, then on; default: `powerOff`, then `powerOn`. */
  cycle?(): void | Promise<void>;
  /** Hard reset. */
  reset(): void | Promise<void>;
  /** Diagnostic interrupt; CCh when absent. */
  nmi?(): void | Promise<void>;
  /** ACPI power button; CCh when absent. */
  softOff?(): void | Promise<void>;
  /** Identify light for so many seconds, 0 = off, `forever` when forced on. */
  identify?(seconds: number | 'forever'): void | Promise<void>;
}

/** Faults to serve, changeable at any time through `bmc.faults`. Probabilities are 0–1. */
export interface Faults {
  /** Probability that a datagram to the BMC is lost. */
  lossIn: number;
  /** Probability that a datagram from the BMC is lost. */
  lossOut: number;
  /** Delay of each datagram to the BMC. */
  delayInMs: number;
  /** Delay of each datagram from the BMC. */
  delayOutMs: number;
  /** Probability that an answer is sent twice. */
  duplicate: number;
  /** Probability that an answer is held back until after the next one. */
  reorder: number;
  /** Probability of answering C0h (node busy) instead of doing the command. */
  busy: number;
  /** Completion code for commands: key `netFn/cmd` in hexadecimal such as `00/02`, or `*`. The command is not done. */
  codes: Readonly<Record<string, number>>;
  /** The power state that Get Chassis Status reports stays the old one for so long after a command. */
  slowPowerMs: number;
  /** Get Chassis Status reports this whatever the chassis says. */
  lyingPower: ChassisPower | undefined;
  /** Refuse every Open Session with status 01h (insufficient resources). */
  noSessions: boolean;
  /** Answer nothing at all. */
  silent: boolean;
}

/** Identity in Get Device ID (IPMI v2.0 §20.1). */
export interface VirtualDeviceId {
  readonly deviceId?: number;
  readonly firmware?: string;
  readonly manufacturerId?: number;
  readonly productId?: number;
}

/** LAN parameters that the virtual BMC reports (IPMI v2.0 table 23-4). */
export interface VirtualLan {
  readonly ip?: string;
  readonly netmask?: string;
  readonly gateway?: string;
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly mac?: string;
  readonly source?: 'static' | 'dhcp' | 'bios' | 'other';
  readonly vlan?: number;
}

/** A sensor of the virtual BMC; becomes a full SDR (threshold) or a compact SDR (discrete). */
export interface VirtualSensor {
  readonly number: number;
  /** Up to 16 characters. */
  readonly name: string;
  /** Sensor type code (IPMI v2.0 table 42-3), for example 1 temperature, 2 voltage, 4 fan. */
  readonly type: number;
  /** Base unit code (IPMI v2.0 table 43-15): 1 °C, 4 V, 5 A, 6 W, 18 RPM. */
  readonly unit?: number;
  readonly entityId?: number;
  readonly entityInstance?: number;
  /** Reading = (m × raw + b × 10^bExp) × 10^rExp, linear; default m 1, others 0. */
  readonly m?: number;
  readonly b?: number;
  readonly bExp?: number;
  readonly rExp?: number;
  /** Raw reading 0–255, or a function read at each Get Sensor Reading. Undefined = unavailable. */
  readonly raw?: number | (() => number | undefined);
  /** Raw thresholds. */
  readonly thresholds?: Partial<Record<'lnc' | 'lc' | 'lnr' | 'unc' | 'uc' | 'unr', number>>;
  /** For discrete sensors: state bits 0–14 now set. Makes the sensor discrete. */
  readonly states?: number;
}

/** A system event log record, 16 bytes on the wire (IPMI v2.0 §32.1). */
export interface VirtualSelEvent {
  /** Seconds since 1970; default the clock. */
  readonly timestamp?: number;
  readonly sensorType: number;
  readonly sensorNumber: number;
  readonly eventType: number;
  readonly asserted?: boolean;
  /** Three event data bytes. */
  readonly data: readonly [number, number, number];
  /** Generator id; default 20h, the BMC. */
  readonly generatorId?: number;
}

/** FRU data written as a standard FRU image (Platform Management FRU v1.0 r1.3). */
export interface VirtualFru {
  readonly id?: number;
  readonly name?: string;
  readonly chassis?: {
    readonly type?: number;
    readonly partNumber?: string;
    readonly serial?: string;
    readonly extra?: readonly string[];
  };
  readonly board?: {
    readonly manufactured?: Date;
    readonly manufacturer?: string;
    readonly product?: string;
    readonly serial?: string;
    readonly partNumber?: string;
    readonly fruFileId?: string;
    readonly extra?: readonly string[];
  };
  readonly product?: {
    readonly manufacturer?: string;
    readonly name?: string;
    readonly partNumber?: string;
    readonly version?: string;
    readonly serial?: string;
    readonly assetTag?: string;
    readonly fruFileId?: string;
    readonly extra?: readonly string[];
  };
}

/** What a controller answers to a bridged request. */
export interface SatelliteAnswer {
  readonly completionCode: number;
  /** Data after the completion code. */
  readonly data: Uint8Array;
}

/** A controller behind the BMC, reached by Send Message (IPMI v2.0 §22.7). */
export interface VirtualSatellite {
  readonly channel: number;
  /** Slave address, for example 82h. */
  readonly address: number;
  /** Serves one request; a rejection becomes its numeric `completionCode`, or C1h. */
  answer(netFn: number, cmd: number, data: Uint8Array): SatelliteAnswer | Promise<SatelliteAnswer>;
  /** Controllers behind this one. */
  readonly behind?: readonly VirtualSatellite[];
}

/** A device on an I2C bus behind the BMC, reached by Master Write-Read (IPMI v2.0 §22.11). */
export interface VirtualI2cDevice {
  /** 7 bits, for example 50h of an EEPROM. */
  readonly address: number;
  /** Default 0. */
  readonly busId?: number;
  /** Default 0. */
  readonly channel?: number;
  /** On a private bus of the BMC; default false. */
  readonly private?: boolean;
  /** Takes what is written and gives what is read; fewer than `readCount` bytes are a truncated read (84h). */
  transfer(write: Uint8Array, readCount: number): Uint8Array | Promise<Uint8Array>;
}

/** Everything a virtual BMC needs. */
export interface VirtualBmcOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** UDP port; default 623; 0 = any free one, see `address`. */
  readonly port?: number;
  readonly users: readonly VirtualUser[];
  readonly chassis: ChassisCallbacks;
  /** Called when serial over LAN is activated; the stream is destroyed when it ends. No SOL when absent. */
  readonly console?: () => Duplex | Promise<Duplex>;
  /** Called when the remote console sends a serial break. */
  readonly onBreak?: () => void;
  /** Called for warm and cold reset of the BMC itself, after its sessions were dropped. */
  readonly onBmcReset?: (kind: 'warm' | 'cold') => void;
  /** BMC key Kg, up to 20 bytes. */
  readonly kg?: string | Uint8Array;
  /** 16 bytes; default random. */
  readonly guid?: Uint8Array;
  /** Suites offered; default `[3, 17]`. */
  readonly cipherSuites?: readonly number[];
  /** Session slots; default 16. */
  readonly maxSessions?: number;
  /** Inactivity after which a session is dropped; default 60,000. */
  readonly sessionTimeoutMs?: number;
  /** Time without a chassis command after which a one-time boot override lapses; default 60,000; 0 never. */
  readonly bootFlagTimeoutMs?: number;
  readonly deviceId?: VirtualDeviceId;
  readonly lan?: VirtualLan;
  readonly sensors?: readonly VirtualSensor[];
  readonly sel?: readonly VirtualSelEvent[];
  readonly frus?: readonly VirtualFru[];
  /** Controllers behind the BMC. */
  readonly satellites?: readonly VirtualSatellite[];
  /** Devices on I2C buses behind the BMC. */
  readonly i2c?: readonly VirtualI2cDevice[];
  /** Sends an alert to a destination of the LAN parameters, 1–15; a rejection is an alert that failed. No alerts when absent. */
  readonly onAlert?: (destination: number) => void | Promise<void>;
  /** Power-on time of the machine before this BMC began to count; default 0. */
  readonly ranMinutes?: number;
  /** DCMI asset tag, up to 63 bytes; default empty. */
  readonly assetTag?: string;
  /** System firmware version in System Info; default empty. */
  readonly systemFirmware?: string;
  /** Watts that the DCMI power meter measures each second; no power management when absent. */
  readonly watts?: number | (() => number);
  readonly faults?: Partial<Faults>;
  /** Source of chance for faults, 0 ≤ x < 1; default Math.random. */
  readonly chance?: () => number;
}
