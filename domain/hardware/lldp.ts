/**
 * Operational MAU types by the speed they stand for, in Mb/s: numbers and ranges of IANA-MAU-MIB (dot3MauType…),
 * which IEEE 802.1AB annex G.2 puts into the MAC/PHY TLV. EPON types are left out: no server hangs on one.
 */
const MAU_TYPES: readonly (readonly [mbps: number, ...types: (number | readonly [number, number])[]])[] = [
  [10, [1, 13]],
  [100, [14, 20], [44, 46], 105],
  [1000, [21, 30], [47, 53], 56, 79],
  [2500, 103, 109, 110],
  [5000, 104, 111],
  [10_000, [31, 41], 54, 55, 57, 58],
  [25_000, [88, 94], 114, 115],
  [40_000, [70, 74], [95, 97]],
  [50_000, [116, 122]],
  [100_000, [75, 78], [98, 102], [123, 126], 145, 146],
  [200_000, [127, 134]],
  [400_000, [135, 140], 147],
];

/** Organizationally specific TLV (IEEE 802.1AB §8.6), of IEEE 802.3 (00-12-0F), subtype 1: MAC/PHY configuration. */
const ORGANIZATIONALLY_SPECIFIC = 127;
const MAC_PHY = '00120f01';
/** Hex digits before the MAU type: OUI and subtype, auto-negotiation (1 byte), advertised capabilities (2 bytes). */
const MAU_AT = 14;

/**
 * How fast the switch says that its port runs, in Mb/s; undefined when it doesn't say, or in a type not known here.
 * @param tlvs as the agent reports them: [[type, value in hex], …]
 */
export function uplinkMbps(tlvs: unknown): number | undefined {
  if (!Array.isArray(tlvs)) return undefined;
  for (const tlv of tlvs as unknown[]) {
    const [type, value] = Array.isArray(tlv) ? (tlv as unknown[]) : [];
    if (type !== ORGANIZATIONALLY_SPECIFIC || typeof value !== 'string') continue;
    const hex = value.toLowerCase();
    if (hex.startsWith(MAC_PHY) && hex.length >= MAU_AT + 4)
      return speedOf(Number.parseInt(hex.slice(MAU_AT, MAU_AT + 4), 16));
  }
  return undefined;
}

function speedOf(mau: number): number | undefined {
  const isIn = (type: number | readonly [number, number]): boolean =>
    typeof type === 'number' ? mau === type : mau >= type[0] && mau <= type[1];
  return MAU_TYPES.find(([, ...types]) => types.some(isIn))?.[0];
}
