using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Work on governed keys, vaults side by side: the time that one takes to be silent is not the others'.</summary>
public static class VaultsSideBySide
{
    /// <param name="keyOf">Whose vault it is about.</param>
    /// <param name="work">Does the work of one vault. What it throws stops the others too.</param>
    public static Task RunAsync<T>(IEnumerable<T> all, Func<T, SigningKey> keyOf, Func<IReadOnlyList<T>, VaultTurn, CancellationToken, Task> work, CancellationToken cancel) =>
        Parallel.ForEachAsync(all.GroupBy(one => keyOf(one).VaultUri.Authority, StringComparer.OrdinalIgnoreCase), cancel,
            async (vault, limited) => await work([.. vault], new(vault.Key), limited));
}

/// <summary>One vault's turn. Whoever does not answer is asked once: its silence would use up the time of everything behind it.</summary>
public sealed class VaultTurn(string vault)
{
    private readonly Dictionary<object, RetryLaterException> _silent = [];

    /// <summary>The vault's authority, such as <c>kv-prod-01.vault.azure.net</c>.</summary>
    public string Vault { get; } = vault;

    /// <summary>Asks, unless the same was silent before.</summary>
    /// <param name="whom">Who is asked, where it is not the vault alone.</param>
    /// <returns>The answer, or why there is none: a <see cref="RetryLaterException"/> for silence, a <see cref="CannotContinueException"/> for a refusal.</returns>
    public async Task<(T? Answer, Exception? Failure)> AskAsync<T>(Func<Task<T>> ask, object? whom = null)
    {
        if (_silent.TryGetValue(whom ?? this, out var silence))
        {
            return (default, silence);
        }

        try
        {
            return (await ask(), null);
        }
        catch (RetryLaterException e)
        {
            _silent[whom ?? this] = e;
            return (default, e);
        }
        catch (CannotContinueException e)
        {
            return (default, e);
        }
    }
}
