using Rekey.Core;

namespace Rekey.Stopping;

/// <summary>
/// The kill switch, which stops all changes: the setting <c>Rekey:Stopped</c>, or a stop by an operator in the ledger. Rekey still notices
/// and keeps departures, and changes no vault until it is off again.
/// </summary>
/// <remarks>
/// Rekey still checks vaults, takes an approved baseline and serves published lists: the kill switch must not stop logins. It is read from
/// the ledger each time, so that it holds in every process at once and after a restart.
/// </remarks>
/// <param name="isSet">Whether the setting is on.</param>
public sealed class KillSwitch(bool isSet, StopLedger stops)
{
    /// <summary>Whether the setting is on.</summary>
    public bool IsSet => isSet;

    /// <summary>Whether Rekey may change nothing now.</summary>
    /// <exception cref="RetryLaterException">The setting is off, and the ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The setting is off, and the ledger is broken.</exception>
    public async Task<bool> IsStoppedAsync(CancellationToken cancellationToken) =>
        isSet || await stops.FindAsync(cancellationToken) is not null;

    /// <summary>Reads whether Rekey is stopped, and by what.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<StopState> ReadAsync(CancellationToken cancellationToken) => new(isSet, await stops.FindAsync(cancellationToken));
}
