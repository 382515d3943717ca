import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readImageFormat } from '../../../../drivers/images/format.ts';

const run = promisify(execFile);
const MIB = 2 ** 20;

/**
 * Heads of images as qemu-img 7.2 made them with `-o encrypt.format=luks` and with `-f luks`. Recorded, since qemu-img
 * measures the processor for each anew: seconds, and on a busy machine it may give up.
 */
const LUKS_HEADS = {
  'a qcow2 image that LUKS encrypts': {
    message: /luks: it is encrypted/,
    hex: [
      '514649fb00000003000000000000000000000000000000100000000004000000',
      '0000000200000001000000000003000000000000000100000000000100000000',
      '0000000000000000000000000000000000000000000000000000000000000000',
      '000000040000007000000000000000000537be77000000100000000000040000',
      '00000000001f9000',
    ],
  },
  'a LUKS container': {
    message: /luks: it is encrypted by LUKS/,
    hex: [
      '4c554b53babe0001616573000000000000000000000000000000000000000000',
      '00000000000000007874732d706c61696e363400000000000000000000000000',
      '0000000000000000736861323536000000000000000000000000000000000000',
      '000000000000000000000fc800000040',
    ],
  },
};

describe('readImageFormat', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-format-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function look(name: string, content?: Buffer, declared?: string) {
    const path = join(folder, name);
    if (content) await writeFile(path, content);
    return readImageFormat({ path, name, sizeBytes: (await stat(path)).size, declared });
  }

  async function qemuImg(name: string, ...options: string[]): Promise<Buffer> {
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, join(folder, name), '64M']);
    return readFile(join(folder, name));
  }

  /** A whole disk image of nothing but its partition table's signature. */
  function rawImage(bytes = 4096): Buffer {
    const image = Buffer.alloc(bytes);
    image.writeUInt16BE(0x55aa, 510);
    return image;
  }

  it('takes raw whole disk images', async () => {
    assert.deepEqual(await look('disk.raw', rawImage(), 'raw'), { format: 'raw', virtualSizeBytes: 4096 });
  });

  for (const compat of ['0.10', '1.1']) {
    it(`reads the virtual size of qemu-img’s qcow2 images (compat ${compat})`, async () => {
      const name = `v${compat}.qcow2`;
      await qemuImg(name, '-o', `compat=${compat}`);
      assert.deepEqual(await look(name), { format: 'qcow2', virtualSizeBytes: 64 * MIB });
    });
  }

  it('takes qcow2 with zstd and extended L2, which change nothing for a reader of whole images', async () => {
    await qemuImg('modern.qcow2', '-o', 'compression_type=zstd,extended_l2=on');
    assert.equal((await look('modern.qcow2')).format, 'qcow2');
  });

  it('refuses qcow2 that refers to other files or is encrypted, as qemu-img makes them', async () => {
    await qemuImg('base.qcow2');
    await qemuImg('child.qcow2', '-b', join(folder, 'base.qcow2'), '-F', 'qcow2');
    await qemuImg('split.qcow2', '-o', `data_file=${join(folder, 'data.raw')}`);
    const secret = ['--object', 'secret,id=s,data=abc', '-o', 'encrypt.format=aes,encrypt.key-secret=s'];
    await qemuImg('secret.qcow2', ...secret);
    const words: Record<string, RegExp> = {
      'child.qcow2': /child\.qcow2: its qcow2 header names a backing file/,
      'split.qcow2': /its data are in another file/,
      'secret.qcow2': /it is encrypted/,
    };
    for (const [name, message] of Object.entries(words)) {
      await assert.rejects(look(name), { code: 'ImageFormatRefused', message }, name);
    }
  });

  for (const [name, { hex, message }] of Object.entries(LUKS_HEADS)) {
    it(`refuses ${name}`, async () => {
      const image = Buffer.concat([Buffer.from(hex.join(''), 'hex'), Buffer.alloc(4096)]);
      await assert.rejects(look('luks', image), { code: 'ImageFormatRefused', message });
    });
  }

  it('refuses a data file that only an extension names, unknown features, and corrupt images', async () => {
    const good = await qemuImg('good.qcow2');
    const changed = (change: (image: Buffer) => void) => {
      const copy = Buffer.from(good);
      change(copy);
      return copy;
    };
    const headerLength = good.readUInt32BE(100);
    const cases: [RegExp, Buffer][] = [
      [/another file/, changed((image) => image.writeUInt32BE(0x44415441, headerLength))],
      [/unknown qcow2 features \(20h\)/, changed((image) => image.writeBigUInt64BE(0x20n, 72))],
      [/corrupt/, changed((image) => image.writeBigUInt64BE(0x2n, 72))],
      [/qcow version 1/, changed((image) => image.writeUInt32BE(1, 4))],
      [/can't be/, changed((image) => image.writeBigUInt64BE(0n, 24))],
    ];
    for (const [message, image] of cases) {
      await assert.rejects(look('bad.qcow2', image), { code: 'ImageFormatRefused', message });
    }
  });

  it('refuses every prefix of a qcow2 header', async () => {
    const good = await qemuImg('whole.qcow2');
    for (let length = 0; length < 104; length += 1) {
      await assert.rejects(
        look('prefix.qcow2', good.subarray(0, length)),
        { code: 'ImageFormatRefused' },
        `${length} bytes`,
      );
    }
  });

  it('refuses what is neither, and says what it is', async () => {
    const cases: [RegExp, Buffer][] = [
      [/gzip-compressed/, Buffer.from('1f8b0800', 'hex')],
      [/xz-compressed/, Buffer.from('fd377a585a000000', 'hex')],
      [/VMDK/, Buffer.from('KDMV....')],
      [/web page/, Buffer.from('<!DOCTYPE html><html>')],
      [/no partition table/, Buffer.alloc(4096)],
      [/no partition table/, Buffer.alloc(0)],
    ];
    for (const [message, content] of cases) {
      await assert.rejects(look('other', content), { code: 'ImageFormatRefused', message });
    }
  });

  it('refuses an image that isn’t what it was declared to be', async () => {
    const disguised = await qemuImg('disguised.qcow2');
    await assert.rejects(look('disguised.raw', disguised, 'raw'), /declared as raw, but it is qcow2/);
    await assert.rejects(look('disk.qcow2', rawImage(), 'qcow2'), /declared as qcow2, but it is raw/);
  });
});
