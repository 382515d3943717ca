/**
 * Names that hold secrets: those of oslo's mask_dict_password, and what else a BMC may be given
 * (Kg key, SNMP keys and communities, certificates' private keys).
 */
export const SECRET_NAME =
  /pass|pswd|secret|token|credential|private_?key|encrypted_key|fernetkey|sslkey|kg_key|auth_key|priv_key|community|configdrive|cookie/i;

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
