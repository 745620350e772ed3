import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An authority of a test's own, and what it signed for the loopback address. */
export interface TestCertificate {
  /** PEM. */
  readonly ca: string
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/** Makes both in `folder`, with the openssl that is installed. */
export async function makeCertificate(folder: string): Promise<TestCertificate> {
  mkdirSync(folder, { recursive: true })
  const file = (name: string) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const [caFile, caKey, certFile, keyFile] = ['ca.crt', 'ca.key', 'redis.crt', 'redis.key'].map(
    file,
  )
  await openssl('req', '-x509', ...key, '-subj', '/CN=test', '-keyout', caKey!, '-out', caFile!)
  await openssl(
    ...['req', '-x509', ...key, '-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-CA', caFile!, '-CAkey', caKey!, '-keyout', keyFile!, '-out', certFile!],
  )
  return {
    ca: readFileSync(caFile!, 'utf8'),
    caFile: caFile!,
    certFile: certFile!,
    keyFile: keyFile!,
  }
}

async function openssl(...args: string[]): Promise<void> {
  const child = Bun.spawn(['openssl', ...args], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const complaint = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`openssl ${args[0]}: ${complaint}`)
}
