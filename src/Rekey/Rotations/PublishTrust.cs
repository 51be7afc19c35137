using System.Collections.Concurrent;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// Publishes the trust list and each issuer's JWKS as static documents, when they have changed. Callers that come while a publication
/// runs share the next one.
/// </summary>
public sealed class PublishTrust(TrustLedger trustLedger, Estate estate, IPublicKeys publicKeys, IDocuments documents, IDocumentSigner signer,
    IFindings findings, TrustOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>How often others may be faster before the caller is told to come again.</summary>
    private const int Tries = 20;

    private readonly JwksDocuments _jwks = new(documents, estate, findings, clock);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _lookAt = new(StringComparer.Ordinal);
    private bool _lookAtAll;
    private long _asked;
    private long _served;
    private Publication? _published;

    /// <summary>Returns what is published when everything that stood in the ledger at the call is. Looks at every document that is out there.</summary>
    public Task<Publication> PublishAsync(CancellationToken cancel) => PublishAsync(issuer: null, cancel);

    /// <summary>
    /// The same for one step of a rotation: looks at this issuer's JWK Set and at those that change. Whether somebody altered another
    /// issuer's is the timer's to see, or every step of every rotation would read all of them.
    /// </summary>
    public async Task<Publication> PublishAsync(IssuerBinding? issuer, CancellationToken cancel)
    {
        long ticket;
        lock (_lookAt)
        {
            ticket = ++_asked;
            LookAt(issuer);
        }

        await _turn.WaitAsync(cancel);
        try
        {
            if (_served < ticket)
            {
                var (upTo, lookAt) = Take(issuer);
                _published = await PublishOnceAsync(lookAt, cancel);
                _served = upTo;
            }

            return _published!;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void LookAt(IssuerBinding? issuer)
    {
        _lookAtAll |= issuer is null;
        if (issuer is not null)
        {
            _lookAt.Add(issuer.Name);
        }
    }

    /// <summary>Everything that was asked for up to now. What another took and failed at is asked for again by whoever asked.</summary>
    private (long UpTo, IReadOnlySet<string>? LookAt) Take(IssuerBinding? issuer)
    {
        lock (_lookAt)
        {
            LookAt(issuer);
            var taken = _lookAtAll ? null : _lookAt.ToHashSet(StringComparer.Ordinal);
            _lookAtAll = false;
            _lookAt.Clear();
            return (_asked, taken);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <param name="lookAt">Issuers whose JWK Sets are looked at although the list leaves them as they are; null for all.</param>
    private async Task<Publication> PublishOnceAsync(IReadOnlySet<string>? lookAt, CancellationToken cancel)
    {
        for (var (attempt, above) = (1, 0L); attempt <= Tries; attempt++)
        {
            // 1. What is out there: read before the ledger, so that a list made from an older reading cannot replace a newer one.
            var standing = await StandingAsync(cancel);

            // 2. What should be: the ledger's facts and the vault's keys.
            var history = await trustLedger.ReadAsync(cancel);
            var (list, unread) = await MakeAsync(history, standing.List, afresh: lookAt is null, cancel);

            // 3. Whoever published what stands there may have died before the line about it: then that is written now.
            if (standing.List is { } unsaid && unsaid.Sequence > history.PublishedSequence)
            {
                await trustLedger.RecordPublishedAsync(unsaid, standing.Document!.Content, cancel);
                lookAt = null;
            }

            // 4. When the list says it already, the JWK Sets need only follow it.
            var altered = standing.Alteration(history);
            if (altered is null && standing.List is { } same && TrustDocuments.SaySame(same, list))
            {
                altered = await _jwks.FollowAsync(same, before: same, lookAt, history, cancel);
                if (altered is null)
                {
                    return new(same, unread);
                }
            }

            // 5. What Rekey did not write last is replaced, and somebody must look.
            if (altered is not null)
            {
                if (await HasMovedAsync(standing, cancel))
                {
                    continue;
                }

                above = Math.Max(above, altered.Sequence);
                await ReportAsync(altered, cancel);
            }

            // 6. Signed, under a number above every one that was seen, unless somebody else was faster.
            list = list with { Sequence = Math.Max(above, standing.Highest(history)) + 1 };
            var signed = await SignedDocument.SignAsync(signer, TrustDocuments.TrustListType, TrustDocuments.Payload(list), cancel);
            if (await documents.PublishAsync(TrustDocuments.TrustListName, signed, "application/jwt", list.Sequence, standing.Document?.ETag, cancel) is null
                || await _jwks.FollowAsync(list, altered is null ? standing.List : null, lookAt, history, cancel) is not null)
            {
                continue;
            }

            // 7. The ledger says what the world was told.
            await trustLedger.RecordPublishedAsync(list, signed, cancel);
            return new(list, unread);
        }

        throw new RetryLaterException($"What is published was changed {Tries} times by others.", TimeSpan.FromSeconds(5));
    }

    private async Task<StandingList> StandingAsync(CancellationToken cancel)
    {
        if (await documents.FindAsync(TrustDocuments.TrustListName, cancel) is not { } document)
        {
            return new(Document: null, List: null);
        }

        var (key, algorithm) = await signer.DescribeAsync(cancel);
        return StandingList.Open(document, key, algorithm);
    }

    private async Task<bool> HasMovedAsync(StandingList standing, CancellationToken cancel) =>
        !string.Equals((await documents.FindAsync(TrustDocuments.TrustListName, cancel))?.ETag, standing.Document?.ETag, StringComparison.Ordinal);

    private async Task ReportAsync(Alteration altered, CancellationToken cancel)
    {
        if (altered.IsSuspect)
        {
            await findings.RaiseAsync(RotationFindings.DocumentAltered(altered, clock.GetUtcNow()), cancel);
        }
    }

    /// <summary>
    /// The list as it should be. Where the vault does not give a public key now, the standing list does: it bears our signature, and a ledgered
    /// thumbprint names one key only. What stands nowhere is left out and told to the caller, so that no bar waits for another key's vault.
    /// </summary>
    /// <param name="afresh">Ask the vaults about all; otherwise only about what does not stand in the list.</param>
    private async Task<(TrustList List, IReadOnlyList<UnreadVersion> Unread)> MakeAsync(TrustHistory history, TrustList? before, bool afresh, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var standing = (before?.Keys ?? []).Where(k => k.PublicKey.Thumbprint == k.Thumbprint).ToLookup(k => (k.KeyId, k.Version, k.Thumbprint), k => k.PublicKey);
        var keys = new ConcurrentDictionary<(string, string), PublicJwk>();
        var unread = new ConcurrentBag<UnreadVersion>();
        var trusted = estate.Keys.SelectMany(b => history.TrustedOf(b.Key.Id).Select(v => (b.Key, Version: v)));
        await VaultsSideBySide.RunAsync(trusted, t => t.Key, async (ofVault, turn, limited) =>
        {
            foreach (var (key, version) in ofVault)
            {
                var (known, failure) = (standing[(key.Id, version.Version, version.Thumbprint)].FirstOrDefault(), (Exception?)null);
                if (afresh || known is null)
                {
                    (known, failure) = await ReadAsync(turn, key, version.Version, known, now, limited);
                }

                if (known is not null)
                {
                    keys[(key.Id, version.Version)] = known;
                }
                else if (failure is not null)
                {
                    unread.Add(new(key.Id, version.Version, failure));
                }
            }
        }, cancel);
        var list = TrustListMaker.Make(estate.Environment, estate.Keys, history, (key, version) => keys.GetValueOrDefault((key.Id, version)), options, now, out var mismatches);
        foreach (var (key, version) in mismatches)
        {
            await findings.RaiseAsync(RotationFindings.ThumbprintMismatch(key, version, now), cancel);
        }

        return (list, [.. unread]);
    }

    private async Task<(PublicJwk? Key, Exception? Failure)> ReadAsync(VaultTurn turn, SigningKey key, string version, PublicJwk? known, DateTimeOffset now, CancellationToken cancel)
    {
        var (read, failure) = await turn.AskAsync(() => publicKeys.ReadAsync(key, version, cancel));
        if (read is null && failure is null)
        {
            // Deleting a key must not end the tokens that live: that would be an outage at anybody's word.
            await findings.RaiseAsync(RotationFindings.VersionGone(key, version, now), cancel);
        }

        return (read ?? known, failure);
    }
}
