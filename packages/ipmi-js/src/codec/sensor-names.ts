/** Sensor type names (IPMI v2.0 table 42-3). */
export const SENSOR_TYPES: readonly string[] = [
  'reserved',
  'Temperature',
  'Voltage',
  'Current',
  'Fan',
  'Physical Security',
  'Platform Security',
  'Processor',
  'Power Supply',
  'Power Unit',
  'Cooling Device',
  'Other Units',
  'Memory',
  'Drive Slot',
  'POST Memory Resize',
  'System Firmware Progress',
  'Event Logging Disabled',
  'Watchdog 1',
  'System Event',
  'Critical Interrupt',
  'Button',
  'Module',
  'Microcontroller',
  'Add-in Card',
  'Chassis',
  'Chip Set',
  'Other FRU',
  'Cable',
  'Terminator',
  'System Boot Initiated',
  'Boot Error',
  'OS Boot',
  'OS Critical Stop',
  'Slot',
  'System ACPI Power State',
  'Watchdog 2',
  'Platform Alert',
  'Entity Presence',
  'Monitor ASIC',
  'LAN',
  'Management Subsystem Health',
  'Battery',
  'Session Audit',
  'Version Change',
  'FRU State',
];

const OEM_TYPE = 0xc0;

/** Name of a sensor type. */
export const sensorTypeName = (type: number): string =>
  SENSOR_TYPES[type] ?? (type >= OEM_TYPE ? `OEM ${type.toString(16)}h` : `type ${type.toString(16)}h`);

/** Unit names for the codes in use (IPMI v2.0 table 43-15). */
const UNITS: Readonly<Record<number, string>> = {
  1: 'degrees C',
  2: 'degrees F',
  3: 'degrees K',
  4: 'Volts',
  5: 'Amps',
  6: 'Watts',
  7: 'Joules',
  16: 'kPa',
  17: 'PSI',
  18: 'RPM',
  19: 'Hz',
  20: 'microseconds',
  21: 'milliseconds',
  22: 'seconds',
  23: 'minutes',
  24: 'hours',
  38: 'bytes',
  65: 'CFM',
};

/** Name of a sensor's unit; percentages and modifiers are not spelled out. */
export function unitName(baseUnit: number, percentage: boolean): string {
  if (percentage) return 'percent';
  return UNITS[baseUnit] ?? (baseUnit === 0 ? 'unspecified' : `unit ${baseUnit}`);
}

/** What happened at a threshold, by event offset (IPMI v2.0 table 42-2, code 01h). */
export const THRESHOLD_EVENTS: readonly string[] = [
  'Lower Non-critical going low',
  'Lower Non-critical going high',
  'Lower Critical going low',
  'Lower Critical going high',
  'Lower Non-recoverable going low',
  'Lower Non-recoverable going high',
  'Upper Non-critical going low',
  'Upper Non-critical going high',
  'Upper Critical going low',
  'Upper Critical going high',
  'Upper Non-recoverable going low',
  'Upper Non-recoverable going high',
];
