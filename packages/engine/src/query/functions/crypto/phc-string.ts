/**
 * Password hashes as text, in PHC string format: `$scrypt$ln=15,r=8,p=1$salt$hash`, with `$v=19` after the
 * name where there is a version. Salt and hash are base64 without padding.
 */

export interface PhcString {
  readonly id: string
  readonly version: number | undefined
  readonly parameters: ReadonlyMap<string, number>
  readonly salt: Buffer
  readonly hash: Buffer
}

const pattern =
  /^\$([a-z0-9-]{1,32})(?:\$v=(\d{1,4}))?\$([a-z]+=\d{1,10}(?:,[a-z]+=\d{1,10})*)\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,256})$/

/** `undefined` for text of another form. */
export function parsePhc(text: string): PhcString | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, id = '', version, parameters = '', salt = '', hash = ''] = match
  return {
    id,
    version: version === undefined ? undefined : Number(version),
    parameters: new Map(
      parameters.split(',').map((parameter): [string, number] => {
        const [name = '', value = ''] = parameter.split('=')
        return [name, Number(value)]
      }),
    ),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

export function formatPhc(phc: PhcString): string {
  const version = phc.version === undefined ? '' : `$v=${phc.version}`
  const parameters = [...phc.parameters].map(([name, value]) => `${name}=${value}`).join(',')
  return `$${phc.id}${version}$${parameters}$${unpadded(phc.salt)}$${unpadded(phc.hash)}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
