using Rekey.Compliance;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;

namespace Rekey.Functions.Checks;

/// <summary>Reads the keys that the app must reach: the governed keys, the key that signs its lists, and the key of checkpoints.</summary>
public sealed class ReachableKeys(
    IKeyVault vault,
    GovernedKeys governedKeys,
    IDocumentSigner documents,
    IEnumerable<CheckpointKey> checkpoint
)
{
    /// <summary>The key that signs checkpoints; null when the settings name none.</summary>
    public CheckpointKey? Checkpoint => checkpoint.FirstOrDefault();

    /// <summary>The governed keys by the host name of their vault.</summary>
    public IEnumerable<IGrouping<string, BoundKey>> ByVault() =>
        governedKeys.Keys.GroupBy(k => k.Key.VaultUri.Host, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads these keys in their vault, and counts them.</summary>
    public async Task<int> CountAsync(IEnumerable<BoundKey> keys, CancellationToken cancellationToken)
    {
        var read = 0;
        foreach (var key in keys)
        {
            await vault.GetKeyAsync(key.Key, version: null, cancellationToken);
            read++;
        }

        return read;
    }

    /// <summary>The thumbprint of the key that signs trust list and blocklist.</summary>
    public async Task<string> DocumentThumbprintAsync(CancellationToken cancellationToken) =>
        (await documents.DescribeAsync(cancellationToken)).Key.Thumbprint;
}
