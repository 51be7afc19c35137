// How long the declaration gets: it is one environment variable, and Linux takes none of more than 128 KB (MAX_ARG_STRLEN). A process that is given one does not start.

import { issuerPlan, knownGrant } from 'types.bicep'

@description('Bytes of a text as UTF-8, or a few more.')
func bytesOf(text string) int => length(base64(text)) / 4 * 3

@export()
@description('Bytes that the declaration has at most. What is written from plain names counts as it stands, and whatever a vault repeats counts for every vault.')
func declarationBytes(issuers issuerPlan[], developers string[], known knownGrant[], foreign string[]) int =>
  1000 + bytesOf(string(issuers)) + bytesOf(string(foreign)) + 400 * length(flatten(map(issuers, i => concat(i.?subnets ?? [], i.?peeredNetworkIds ?? [])))) + 700 * length(flatten(map(
    issuers,
    i => i.?signerPrincipalIds ?? []
  ))) + (length(issuers) + 2) * (4500 + 600 * length(developers) + bytesOf(string(known)) + 100 * length(known))

@export()
@description('A declaration that would not fit. Eight thousand bytes are left for what else stands there.')
func sizeMistakes(issuers issuerPlan[], developers string[], known knownGrant[], foreign string[]) string[] =>
  declarationBytes(issuers, developers, known, foreign) > 123000
    ? [
        'issuers: the declaration for ${length(issuers)} of them can have ${declarationBytes(issuers, developers, known, foreign)} bytes, and 123000 fit into the app\'s setting. Every vault repeats access.knownGrants and access.developerGroupIds: name groups there and not single principals, or spread the issuers over two environments.'
      ]
    : []
