// From which networks issuers reach their vaults. A zone has one record a vault: an endpoint in an issuer's network needs a zone of its own there, or the endpoint that
// registers last takes the name away from everybody else. A network is linked to one zone of a name.

import { issuerPlan, networkPlan } from 'types.bicep'

@export()
@description('The network of a subnet.')
func networkOf(subnetId string) string => toLower(split(toLower(subnetId), '/subnets/')[0])

@export()
@description('Whether the deployment makes DNS zones: a network that is linked to a central one takes no second of the same name.')
func hasOwnZones(network networkPlan) bool => network.?existingZoneIds == null && (network.?zones ?? 'own') == 'own'

@export()
@description('Networks in which issuers\' vaults have endpoints.')
func networksWithEndpoints(issuers issuerPlan[]) string[] => union(flatten(map(issuers, i => map(i.?subnets ?? [], s => networkOf(s.id)))), [])

@export()
@description('Networks that are peered with Rekey\'s and find the vaults where Rekey does.')
func peeredNetworks(issuers issuerPlan[]) string[] => union(flatten(map(issuers, i => map(i.?peeredNetworkIds ?? [], id => toLower(id)))), [])

@export()
@description('Issuers that could not reach their vault.')
func reachMistakes(production bool, issuers issuerPlan[]) string[] =>
  concat(
    map(
      filter(issuers, i => production && empty(i.?subnets ?? []) && empty(i.?peeredNetworkIds ?? [])),
      i => 'issuers: ${i.name} could not reach its vault, which is closed to the public: name its subnets, or the networks that are peered with Rekey\'s (peeredNetworkIds).'
    ),
    map(filter(issuers, i => length(union(map(i.?subnets ?? [], s => networkOf(s.id)), [])) < length(i.?subnets ?? [])), i => 'issuers: ${i.name} names two subnets of one network: name one of them, its endpoint serves the whole network.'),
    map(
      intersection(networksWithEndpoints(issuers), peeredNetworks(issuers)),
      id =>
        'issuers: ${id} is both a network with an endpoint (subnets) and a peered one (peeredNetworkIds): it can find a vault in one place only. Choose one for all issuers in it.'
    )
  )
