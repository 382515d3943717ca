/** Numbers of PEF configuration parameters (IPMI v2.0 table 30-6). */
export const PEF_PARAMETER = {
  setInProgress: 0,
  control: 1,
  actionControl: 2,
  startupDelay: 3,
  alertStartupDelay: 4,
  filterCount: 5,
  filters: 6,
  filterConfigurations: 7,
  policyCount: 8,
  policies: 9,
  systemGuid: 10,
  stringCount: 11,
  stringKeys: 12,
  strings: 13,
} as const;
