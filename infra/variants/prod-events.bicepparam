using '../main.bicep'
extends '../prod.bicepparam'

// Production after its first deployment: Graph has made the partner topic, and the checkpoint key is known. Kept for its snapshot.

param feed = {
  partnerTopicName: 'pt-rekey-users'
  subscriptionIds: ['00000000-0000-4000-8000-0000000f0001']
}
param evidence = { checkpointThumbprint: 'Zm9yLXRoZS1leGFtcGxlLW9ubHktbm90LWEta2V5LSE' }
