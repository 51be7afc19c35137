namespace Rekey.Trust.Vaults;

/// <summary>Runs work on governed keys, vaults in parallel: a vault that does not answer delays no other.</summary>
internal static class VaultsInParallel
{
    /// <param name="keyOf">The key of an item, whose vault it belongs to.</param>
    /// <param name="work">
    /// Does the work of one vault, given its name, such as <c>kv-prod-01.vault.azure.net</c>. An exception stops the other vaults too.
    /// </param>
    public static Task RunAsync<T>(
        IEnumerable<T> all,
        Func<T, SigningKey> keyOf,
        Func<IReadOnlyList<T>, string, CancellationToken, Task> work,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            all.GroupBy(one => keyOf(one).VaultUri.Authority, StringComparer.OrdinalIgnoreCase),
            cancellationToken,
            async (vault, limited) => await work([.. vault], vault.Key, limited)
        );
}
