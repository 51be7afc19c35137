namespace Rekey.Trust.Vaults;

/// <summary>Work on governed keys, vaults side by side: the time that one takes to be silent is not the others'.</summary>
internal static class VaultsInParallel
{
    /// <param name="keyOf">Whose vault it is about.</param>
    /// <param name="work">Does the work of one vault, which it gets the name of, such as <c>kv-prod-01.vault.azure.net</c>. What it throws
    /// stops the others too.</param>
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
