using '../main.bicep'
extends '../prod.bicepparam'

// Production in an estate whose vaults still use access policies. Kept for its snapshot: the promise must hold in this model too.

param vaults = { permissionModel: 'accessPolicies' }
