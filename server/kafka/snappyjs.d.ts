declare module 'snappyjs' {
  /** One bare Snappy block. Throws where it is none. */
  export function uncompress(compressed: Buffer): Buffer
  export function compress(plain: Buffer): Buffer
}
