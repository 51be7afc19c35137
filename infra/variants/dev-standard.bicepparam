using '../main.bicep'
extends '../dev.bicepparam'

// The size between: vaults, network, policies and roles, without break glass and without an identity that takes grants away. Kept for its snapshot.

param size = 'standard'
