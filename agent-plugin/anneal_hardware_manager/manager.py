"""The hardware manager: an official extension point of ironic-python-agent.

https://docs.openstack.org/ironic-python-agent/latest/contributor/hardware_managers.html
"""

import json
import logging
import os
import subprocess

from ironic_python_agent import errors
from ironic_python_agent import hardware

from anneal_hardware_manager import sampling
from anneal_hardware_manager import zeroing

LOG = logging.getLogger(__name__)

DEFAULT_SAMPLES = 256
MOST_SAMPLES = 65536


def _nvme_formats(device):
    """True when the NVMe controller has the Format command, by which the agent then erases it."""
    try:
        said = subprocess.run(
            ['nvme', 'id-ctrl', device, '-o', 'json'], capture_output=True, check=True, timeout=30
        ).stdout
        return bool(json.loads(said)['oacs'] & 0x2)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return False


def _has_ata_security(device):
    """True when the disk offers ATA security, by which the agent then erases it."""
    try:
        said = subprocess.run(['hdparm', '-I', device], capture_output=True, text=True, timeout=30).stdout
        return '\nSecurity: ' in said
    except (OSError, subprocess.SubprocessError):
        return False


def _wants_zeroes_alone(node):
    """True when no random pass was asked for: `iterations` 0, and the last pass writes zeroes."""
    info = node.get('driver_internal_info') or {}
    return info.get('agent_erase_devices_iterations', 1) == 0 and info.get('agent_erase_devices_zeroize', True)


def likely_method(device, node):
    """How erase_devices treats this device: the agent's questions in the same order."""
    info = node.get('driver_internal_info') or {}
    overwriting = 'zeroes' if _wants_zeroes_alone(node) else 'shred'
    if os.path.basename(device).startswith('nvme'):
        wanted = info.get('agent_enable_nvme_secure_erase', True)
        return 'nvme-format' if wanted and _nvme_formats(device) else overwriting
    wanted = info.get('agent_enable_ata_secure_erase', True)
    return 'ata-secure-erase' if wanted and _has_ata_security(device) else overwriting


class _Zeroing(hardware.GenericHardwareManager):
    """The agent's own way to erase a disk, but for its last resort: the zeroes are written past the page cache."""

    def _shred_block_device(self, node, block_device):
        try:
            zeroing.zero_device(block_device.name)
        except OSError as error:
            LOG.error('Writing zeroes over %s failed: %s', block_device.name, error)
            return False
        return True


class AnnealHardwareManager(hardware.HardwareManager):
    """Adds one step, and writes zeroes faster; everything else stays with the agent's generic manager."""

    HARDWARE_MANAGER_NAME = 'AnnealHardwareManager'
    HARDWARE_MANAGER_VERSION = '1.0'

    def evaluate_hardware_support(self):
        return hardware.HardwareSupport.SERVICE_PROVIDER

    def get_clean_steps(self, node, ports):
        return [
            {
                'step': 'verify_erasure',
                'priority': 0,
                'interface': 'deploy',
                'reboot_requested': False,
                'abortable': True,
                'argsinfo': {
                    'samples': {
                        'description': 'Random places to read on each disk, besides the first and last MiB. '
                        f'Default {DEFAULT_SAMPLES}.',
                        'required': False,
                    },
                },
            }
        ]

    def get_service_steps(self, node, ports):
        return self.get_clean_steps(node, ports)

    def erase_block_device(self, node, block_device):
        """Where zeroes alone are asked for they needn't go through shred; else the generic manager's turn comes."""
        if not _wants_zeroes_alone(node):
            raise errors.IncompatibleHardwareMethodError()
        return _Zeroing().erase_block_device(node, block_device)

    def verify_erasure(self, node, ports, samples=DEFAULT_SAMPLES):
        """Reads every disk back and says what is on it.

        Never raises for a disk that isn't erased: the caller decides, disk by disk.
        """
        samples = int(samples)
        if not 1 <= samples <= MOST_SAMPLES:
            raise errors.CleaningError(f'samples is {samples}, but must be 1 to {MOST_SAMPLES}')
        disks = []
        for device in hardware.dispatch_to_managers('list_block_devices'):
            result = sampling.sample_device(device.name, samples)
            disks.append(
                {
                    'device_name': device.name,
                    'serial': device.serial,
                    'wwn': device.wwn,
                    'model': device.model,
                    'method': likely_method(device.name, node),
                    'ok': sampling.is_proven(result),
                    **result,
                }
            )
        return {'samples': samples, 'disks': disks}
