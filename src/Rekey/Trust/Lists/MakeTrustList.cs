using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust.History;
using Rekey.Trust.Jose;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;

namespace Rekey.Trust.Lists;

/// <summary>
/// Makes the trust list from the ledger's facts and the vaults' public keys. Where a vault does not give a public key now, a list with
/// Rekey's signature does: a thumbprint in the ledger names one key only. A version whose key is found nowhere is left out and returned
/// to the caller, so that no revocation waits for another key's vault.
/// </summary>
public sealed class MakeTrustList(
    GovernedKeys governedKeys,
    IPublicKeys publicKeys,
    IFindings findings,
    TrustOptions options,
    TimeProvider timeProvider
)
{
    /// <param name="ours">A list with Rekey's signature, as a source of public keys and of the announced document key; null when there
    /// is none.</param>
    /// <param name="afresh">True asks the vaults about all versions; false only about those that are not in the list.</param>
    public async Task<Publication> RunAsync(
        TrustHistory history,
        LedgerMark ledger,
        LineHashes lines,
        TrustList? ours,
        bool afresh,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        var standing = (ours?.Keys ?? [])
            .Where(k => k.PublicKey.Thumbprint == k.Thumbprint)
            .ToLookup(k => (k.KeyId, k.Version, k.Thumbprint), k => k.PublicKey);
        var keys = new ConcurrentDictionary<(string, string), PublicJwk>();
        var unread = new ConcurrentBag<UnreadVersion>();
        var trusted = governedKeys.Keys.SelectMany(b =>
            history.TrustedOf(b.Key.Id).Select(v => (b.Key, Issuer: b.Issuer.Name, Version: v))
        );
        await VaultsInParallel.RunAsync(
            trusted,
            t => t.Key,
            async (ofVault, vaultName, limited) =>
            {
                var failures = new Failures();
                foreach (var (key, issuer, version) in ofVault)
                {
                    var (known, failure) = (standing[(key.Id, version.Version, version.Thumbprint)].FirstOrDefault(), (Exception?)null);
                    if (afresh || known is null)
                    {
                        (known, failure) = await ReadAsync(failures, vaultName, key, version.Version, known, now, limited);
                    }

                    if (known is not null)
                    {
                        keys[(key.Id, version.Version)] = known;
                    }
                    else if (failure is not null)
                    {
                        unread.Add(new(key.Id, issuer, version.Version, failure));
                    }
                }
            },
            cancellationToken
        );
        var list = TrustListMaker.Make(
            governedKeys.Environment,
            governedKeys.Keys,
            history,
            (key, version) => keys.GetValueOrDefault((key.Id, version)),
            options,
            now,
            out var mismatches
        );
        foreach (var (key, version) in mismatches)
        {
            await findings.RaiseAsync(TrustFindings.ThumbprintMismatch(key, version, now), cancellationToken);
        }

        return new(
            list with
            {
                Ledger = ledger,
                Lines = lines,
                AcceptedSequence = history.AcceptedSequence,
                NextDocumentKey = ours?.NextDocumentKey,
            },
            [.. unread]
        );
    }

    private async Task<(PublicJwk? Key, Exception? Failure)> ReadAsync(
        Failures failures,
        string vaultName,
        SigningKey key,
        string version,
        PublicJwk? known,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (read, failure) = await failures.AskAsync(() => publicKeys.ReadAsync(key, version, cancellationToken), whom: vaultName);
        if (read is null && failure is null)
        {
            // A deleted key must not end its live tokens: otherwise anyone who can delete keys could cause an outage.
            await findings.RaiseAsync(TrustFindings.VersionGone(key, version, now), cancellationToken);
        }

        return (read ?? known, failure);
    }
}
