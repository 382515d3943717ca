/** What may happen to a node (table `node_events`), with what is told of it; never a secret. */
export interface NodeEventData {
  'operation started': {
    readonly operation: string;
    readonly request_id: string | null;
    readonly host: string | null;
  };
  'operation ended': { readonly provision_state: string; readonly last_error: string | null };
  state: { readonly from: string; readonly to: string };
  power: { readonly from: string | null; readonly to: string | null };
  step: {
    readonly kind: string;
    readonly interface: string;
    readonly step: string;
    readonly index: number | null;
    readonly total: number | null;
  };
  'cleaning proved': { readonly waived: boolean; readonly records: readonly unknown[] };
  'call started': CallTry;
  'call progress': CallTry & { readonly progress: unknown };
  'call ended': CallEnd;
}

/** One kind of event. */
export type NodeEventType = keyof NodeEventData;

/** One try of one activity that handles devices. */
export interface CallTry {
  readonly call: string;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** How a try ended, and what the devices said meanwhile. */
export interface CallEnd extends CallTry {
  readonly duration_ms: number;
  readonly outcome: 'done' | 'failed' | 'cancelled';
  /** Code of the error table, and its sentence; null when all is well. */
  readonly code: string | null;
  readonly message: string | null;
  readonly answers: readonly DeviceAnswer[];
}

/** One thing that was asked of a device. */
export interface DeviceAction {
  readonly device: 'bmc' | 'switch' | 'agent' | 'driver';
  readonly action: string;
}

/** What the device said, in short. */
export interface DeviceAnswer extends DeviceAction {
  readonly answer: string;
  /** How often in a row it was asked and said so. */
  readonly times: number;
}

/** One event as it is kept; told apart by its type. */
export type NodeEvent = {
  [Type in NodeEventType]: {
    readonly id: number;
    readonly nodeUuid: string;
    readonly run: string | null;
    readonly at: Date;
    readonly type: Type;
    readonly data: NodeEventData[Type];
  };
}[NodeEventType];
