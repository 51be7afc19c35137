using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers.Records;
using Rekey.VaultAccess.Responses;

namespace Rekey.VaultAccess;

/// <summary>Keeps what the sweep knows of each vault. One process sweeps a vault at a time.</summary>
public sealed class VaultStandings(ILedgerRecords<VaultStanding> records, TimeProvider timeProvider)
{
    /// <summary>What is known of the vault; the first call begins it.</summary>
    /// <exception cref="RetryLaterException">Another process has just begun it.</exception>
    public async Task<Versioned<VaultStanding>> FindAsync(string vaultId, CancellationToken cancellationToken)
    {
        var fresh = new VaultStanding(vaultId) { MetAt = timeProvider.GetUtcNow() };
        return await records.FindAsync(VaultStanding.All, fresh.Row, cancellationToken)
            ?? await records.InsertAsync(fresh, cancellationToken)
            ?? throw Taken();
    }

    /// <exception cref="RetryLaterException">Another process has saved it since it was read.</exception>
    public async Task<Versioned<VaultStanding>> SaveAsync(
        Versioned<VaultStanding> read,
        VaultStanding value,
        CancellationToken cancellationToken
    ) => await records.ReplaceAsync(read, value, cancellationToken) ?? throw Taken();

    private static RetryLaterException Taken() =>
        new("Another process is sweeping this vault. Rekey retries in seconds.", TimeSpan.FromSeconds(5));
}
