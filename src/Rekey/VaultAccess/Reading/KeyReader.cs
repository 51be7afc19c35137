namespace Rekey.VaultAccess.Reading;

/// <summary>Reads the type of every usable version of a key: an old version that is still enabled can sign and be exported like the
/// newest.</summary>
internal sealed class KeyReader(IResourceManager resources, VisibleParts seeing)
{
    /// <summary>The maximum number of versions, one call each: far below the limits of Azure Resource Manager, and more than a vault of
    /// signing keys has.</summary>
    private const int MaxVersions = 500;

    public async Task<IReadOnlyList<ListedKey>> ReadAsync(string vaultId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<ListedKey>();
        var calls = 0;
        foreach (
            var key in await seeing.TryAsync(ReadingPart.Keys, vaultId, async () =>
                await resources.GetKeyNamesAsync(vaultId, cancellationToken)
            ) ?? []
        )
        {
            var versions = await seeing.TryAsync(ReadingPart.Keys, $"versions of key {key}", async () =>
                await resources.GetKeyVersionsAsync(vaultId, key, cancellationToken)
            ) ?? [];
            foreach (
                var version in versions
                    .Where(v => v.IsUsable(now))
                    .OrderByDescending(v => v.CreatedOn)
                    .ThenBy(v => v.Version, StringComparer.Ordinal)
            )
            {
                if (++calls > MaxVersions)
                {
                    seeing.Miss(ReadingPart.Keys, vaultId, $"more than {MaxVersions} versions that may be used");
                    return found;
                }

                if (
                    await seeing.TryAsync(ReadingPart.Keys, $"key {key}/{version.Version}", () =>
                        resources.GetKeyVersionAsync(vaultId, key, version.Version, cancellationToken)
                    ) is
                    { } kind
                )
                {
                    found.Add(kind);
                }
            }
        }

        return found;
    }
}
