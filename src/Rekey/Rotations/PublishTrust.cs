using System.Runtime.ExceptionServices;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// Publishes the trust list and each issuer's JWKS as static documents, when they have changed. Callers that come while a publication
/// runs share the next one.
/// </summary>
public sealed class PublishTrust(TrustLedger trustLedger, Estate estate, IPublicKeys publicKeys, IDocuments documents, IDocumentSigner signer,
    IFindings findings, ILedger ledger, TrustOptions options, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _asked;
    private long _served;

    /// <summary>Returns when everything that stood in the ledger at the call is published.</summary>
    public async Task PublishAsync(CancellationToken cancel)
    {
        var ticket = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync(cancel);
        try
        {
            if (_served < ticket)
            {
                var upTo = Interlocked.Read(ref _asked);
                await PublishOnceAsync(cancel);
                _served = upTo;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task PublishOnceAsync(CancellationToken cancel)
    {
        while (true)
        {
            // 1. What is out there: read before the ledger, so that a list made from an older reading cannot replace a newer one.
            var standing = await documents.FindAsync(TrustDocuments.TrustListName, cancel);
            var before = standing is null ? null : await OpenAsync(standing, cancel);

            // 2. What should be: the ledger's facts and the vault's keys.
            var (list, unread) = await MakeAsync(before, cancel);
            if (before is not null && TrustDocuments.SaySame(before, list))
            {
                await PublishJwksAsync(before, cancel);
                unread?.Throw();
                return;
            }

            // 3. Signed, under the next number, unless somebody else was faster.
            list = list with { Sequence = (standing?.Sequence ?? 0) + 1 };
            var signed = await SignedDocument.SignAsync(signer, TrustDocuments.TrustListType, TrustDocuments.Payload(list), cancel);
            if (await documents.PublishAsync(TrustDocuments.TrustListName, signed, "application/jwt", list.Sequence, standing?.ETag, cancel) is null)
            {
                continue;
            }

            // 4. The JWK Sets follow, and the ledger says what the world was told.
            await PublishJwksAsync(list, cancel);
            await ledger.AppendAsync(new($"trust-published/{list.Sequence}", LedgerKinds.TrustPublished, estate.Environment, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["sequence"] = $"{list.Sequence}",
                ["kids"] = string.Join(' ', list.Keys.Select(k => k.Kid)),
                ["bars"] = $"{list.Bars.Count}",
            }), cancel);
            unread?.Throw();
            return;
        }
    }

    private async Task<TrustList?> OpenAsync(Document document, CancellationToken cancel)
    {
        try
        {
            var (key, algorithm) = await signer.DescribeAsync(cancel);
            return TrustDocuments.Read(SignedDocument.Open(document.Content.Span, TrustDocuments.TrustListType, key, algorithm));
        }
        catch (Exception e) when (e is CannotContinueException or System.Text.Json.JsonException)
        {
            // Not ours, or of an earlier key or shape: it is replaced.
            return null;
        }
    }

    /// <summary>
    /// The list as it should be. Where the vault does not give a public key now, the standing list does: it bears our signature, and a ledgered
    /// thumbprint names one key only. What stands nowhere is left out and reported behind the publication, so that no bar waits for another key's vault.
    /// </summary>
    private async Task<(TrustList List, ExceptionDispatchInfo? Unread)> MakeAsync(TrustList? before, CancellationToken cancel)
    {
        var history = await trustLedger.ReadAsync(cancel);
        var keys = new Dictionary<(string, string), PublicJwk?>();
        ExceptionDispatchInfo? unread = null;
        foreach (var bound in estate.Keys)
        {
            foreach (var version in history.TrustedOf(bound.Key.Id))
            {
                try
                {
                    keys[(bound.Key.Id, version.Version)] = await publicKeys.ReadAsync(bound.Key, version.Version, cancel);
                }
                catch (Exception e) when (e is RetryLaterException or CannotContinueException)
                {
                    var standing = before?.Keys.FirstOrDefault(k => k.KeyId == bound.Key.Id && k.Version == version.Version)?.PublicKey;
                    keys[(bound.Key.Id, version.Version)] = standing;
                    unread = standing is null ? unread ?? ExceptionDispatchInfo.Capture(e) : unread;
                }
            }
        }

        var now = clock.GetUtcNow();
        var list = TrustListMaker.Make(estate.Environment, estate.Keys, history, (key, version) => keys.GetValueOrDefault((key.Id, version)), options, now, out var mismatches);
        foreach (var (key, version) in mismatches)
        {
            await findings.RaiseAsync(RotationFindings.ThumbprintMismatch(key, version, now), cancel);
        }

        return (list, unread);
    }

    private async Task PublishJwksAsync(TrustList list, CancellationToken cancel)
    {
        foreach (var issuer in estate.Issuers)
        {
            var name = TrustDocuments.JwksName(issuer.Name);
            var content = TrustDocuments.Jwks(list, issuer.Name);
            while (await documents.FindAsync(name, cancel) is var standing
                && (standing is null || (standing.Sequence <= list.Sequence && !standing.Content.Span.SequenceEqual(content)))
                && await documents.PublishAsync(name, content, "application/jwk-set+json", list.Sequence, standing?.ETag, cancel) is null)
            {
                // Somebody else published meanwhile: look whether theirs is newer.
            }
        }
    }
}
