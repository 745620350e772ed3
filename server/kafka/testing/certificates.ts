import { join } from 'node:path'

export interface Certificates {
  /** PEM of the authority that signed the broker's certificate, which is valid for 127.0.0.1. */
  readonly ca: string
  /** PEM of an authority that signed nothing. */
  readonly otherCa: string
  /** Of a client, signed by the authority. */
  readonly client: { readonly cert: string; readonly key: string }
  /** PEM files as a broker reads them: its key and certificate, and whom it trusts. */
  readonly keyStore: string
  readonly trustStore: string
}

/** Made by `openssl`, in `folder`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name)
  const text = (name: string) => Bun.file(at(name)).text()
  for (const name of ['ca', 'other']) {
    await openssl(
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    )
  }
  for (const name of ['broker', 'client']) {
    await openssl(
      ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`],
      ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at(`${name}.key`)],
      ['-out', at(`${name}.csr`)],
    )
    await openssl(
      ['x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
      ['-days', '2', '-copy_extensions', 'copy', '-out', at(`${name}.pem`)],
    )
  }
  // The broker wants one file, with the key in PKCS #8, as openssl writes it.
  await Bun.write(at('broker.all.pem'), `${await text('broker.key')}${await text('broker.pem')}`)
  return {
    ca: await text('ca.pem'),
    otherCa: await text('other.pem'),
    client: { cert: await text('client.pem'), key: await text('client.key') },
    keyStore: at('broker.all.pem'),
    trustStore: at('ca.pem'),
  }
}

async function openssl(...parts: readonly (readonly string[])[]): Promise<void> {
  const args = parts.flat()
  const child = Bun.spawn(['openssl', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`openssl ${args.join(' ')}: ${errors}`)
}
