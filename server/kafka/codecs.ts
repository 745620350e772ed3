import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { compress, uncompress } from 'snappyjs'

/** kafkajs hands the records to `compress` inside its own buffer. */
interface Encoded {
  readonly buffer: Buffer
}

/**
 * Makes the codecs known that kafkajs has no code for: a batch in one that it does not know fails
 * before there is a record to speak of. Gzip is its own.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoded) => compressSnappy(buffer),
    decompress: async (buffer: Buffer) => decompressSnappy(buffer),
  })
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoded) => compressFrameSync(buffer),
    decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
  })
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: Encoded) => Bun.zstdCompressSync(buffer),
    decompress: async (buffer: Buffer) => Bun.zstdDecompressSync(buffer),
  })
}

/**
 * The framing of snappy-java, which Kafka's Java clients write and read: this header, then blocks,
 * each behind its length. Other clients write one bare block, or this.
 */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
const XERIAL_BLOCK_BYTES = 32_768

export function compressSnappy(buffer: Buffer): Buffer {
  const parts: Uint8Array[] = [XERIAL_HEADER]
  for (let at = 0; at < buffer.length; at += XERIAL_BLOCK_BYTES) {
    const block = compress(buffer.subarray(at, at + XERIAL_BLOCK_BYTES))
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

export function decompressSnappy(buffer: Buffer): Buffer {
  if (!buffer.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompress(buffer)
  const parts: Buffer[] = []
  let at = XERIAL_HEADER.length
  while (at < buffer.length) {
    const length = buffer.readInt32BE(at)
    at += 4
    if (length < 0 || at + length > buffer.length) throw new Error('a block of Snappy is cut off')
    parts.push(uncompress(buffer.subarray(at, at + length)))
    at += length
  }
  return Buffer.concat(parts)
}
