/** What is known of a method that only one vendor's machines have, before it is called (Ironic: drivers/base.py, passthru). */
export interface VendorMethodFacts {
  readonly description: string;
  /** HTTP verbs that it may be called with, in capitals. */
  readonly httpMethods: readonly string[];
  /** Whether the caller is answered before it has ended. */
  readonly isAsync: boolean;
  /** Whether nothing else may be done to the node meanwhile. */
  readonly needsLock: boolean;
  /** Arguments that it can't do without, each with the sentence for a call that lacks it. */
  readonly required: Readonly<Record<string, string>>;
}

/** Methods by their names. */
export type VendorMethodTable = Readonly<Record<string, VendorMethodFacts>>;
