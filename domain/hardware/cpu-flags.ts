/**
 * Traits of os-traits by the flag that Linux shows for them in /proc/cpuinfo: those by which machines are chosen.
 * A node has 50 traits at most, so the long tail of instruction sets is left out.
 * @see https://docs.openstack.org/os-traits/latest/
 */
export const CPU_TRAITS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  x86_64: {
    vmx: 'HW_CPU_X86_VMX',
    svm: 'HW_CPU_X86_SVM',
    aes: 'HW_CPU_X86_AESNI',
    sha_ni: 'HW_CPU_X86_SHA',
    fma: 'HW_CPU_X86_FMA3',
    avx: 'HW_CPU_X86_AVX',
    avx2: 'HW_CPU_X86_AVX2',
    avx512f: 'HW_CPU_X86_AVX512F',
    avx512bw: 'HW_CPU_X86_AVX512BW',
    avx512_vnni: 'HW_CPU_X86_AVX512VNNI',
    amx_tile: 'HW_CPU_X86_AMXTILE',
    amx_bf16: 'HW_CPU_X86_AMXBF16',
    amx_int8: 'HW_CPU_X86_AMXINT8',
    pdpe1gb: 'HW_CPU_X86_PDPE1GB',
    sgx: 'HW_CPU_X86_SGX',
    sev: 'HW_CPU_X86_AMD_SEV',
    sev_es: 'HW_CPU_X86_AMD_SEV_ES',
    sev_snp: 'HW_CPU_X86_AMD_SEV_SNP',
    tdx_host_platform: 'HW_CPU_X86_INTEL_TDX',
  },
  aarch64: {
    aes: 'HW_CPU_AARCH64_AES',
    sha2: 'HW_CPU_AARCH64_SHA2',
    sha512: 'HW_CPU_AARCH64_SHA512',
    atomics: 'HW_CPU_AARCH64_ATOMICS',
    sve: 'HW_CPU_AARCH64_SVE',
  },
};

/** Ironic's capabilities by CPU flag ([inspector]cpu_capabilities). */
export const CPU_CAPABILITIES: Readonly<Record<string, string>> = {
  vmx: 'cpu_vt',
  svm: 'cpu_vt',
  aes: 'cpu_aes',
  pse: 'cpu_hugepages',
  pdpe1gb: 'cpu_hugepages_1g',
  smx: 'cpu_txt',
};
