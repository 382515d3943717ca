/**
 * What can be said of a logical disk in a RAID configuration, and what it means; the names are Ironic's
 * (GET /v1/drivers/{driver}/raid/logical_disk_properties).
 */
export const LOGICAL_DISK_PROPERTIES = {
  raid_level: 'RAID level: JBOD, 0, 1, 2, 5, 6, 1+0, 5+0 or 6+0. Required.',
  size_gb: 'Size in GiB, or MAX for all that is left. Required.',
  volume_name: 'Name of the volume; by default the controller makes one. Optional.',
  is_root_volume: 'Whether this is the root volume; at most one is. Optional, by default false.',
  share_physical_disks: 'Whether other logical disks may lie on the same physical disks. Optional, by default false.',
  disk_type: 'Kind of the physical disks: hdd or ssd; by default any. Optional.',
  interface_type: 'Interface of the physical disks: sata, scsi or sas; by default any. Optional.',
  number_of_physical_disks: 'How many physical disks to use; by default as few as the level needs. Optional.',
  controller: 'RAID controller to use; by default the driver chooses. Optional.',
  physical_disks: 'Physical disks to use, with their controller; by default the driver chooses. Optional.',
} as const;
