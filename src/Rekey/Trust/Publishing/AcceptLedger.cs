using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Publishing;

/// <summary>
/// Lets two approvers accept a ledger that lacks what the published trust list has: one asks and one answers. Versions that the list has
/// as revoked stay revoked. Versions that it has as trusted stay trusted, where the vault has them.
/// </summary>
public sealed class AcceptLedger(
    SeenLedger seenLedger,
    TrustLedger trustLedger,
    DecisionLedger decisions,
    AskForDecision ask,
    IDocuments documents,
    SignTrustList sign,
    IPublicKeys publicKeys,
    GovernedKeys governedKeys
)
{
    /// <summary>How many thumbprints or versions a question names.</summary>
    private const int Named = 20;

    /// <summary>Asks whether the ledger shall be accepted as it is; null when it has what the published trust list has.</summary>
    /// <param name="seen">Its last line, as the approver saw it. Later lines do not matter.</param>
    /// <param name="reason">The approver's words, for the other one.</param>
    /// <param name="by">The approver who asks: they cannot answer.</param>
    /// <exception cref="CannotContinueException">The ledger is not the one that was seen.</exception>
    public async Task<Decision?> AskAsync(LedgerMark seen, string reason, string by, CancellationToken cancellationToken)
    {
        // 1. Check that it is the ledger that the approver saw recently.
        await seenLedger.CheckAsync(seen, cancellationToken);

        // 2. Check that there is a contradiction.
        var standing = await sign.StandingAsync(
            await documents.FindAsync(TrustDocuments.Kind, known: null, cancellationToken),
            cancellationToken
        );
        var (history, mark) = await trustLedger.ReadWithMarkAsync(cancellationToken);
        if (await standing.ContradictionAsync(trustLedger, history, mark, cancellationToken) is not { } contradiction)
        {
            return null;
        }

        // 3. Ask one question for one ledger and one list; a new one after a no or no answer.
        var list = standing.List!;
        var statement =
            $"The ledger lacks lines: {contradiction}. On yes the ledger is accepted with line {seen.Count} ({seen.Hash}) "
            + "and the lines after it; what the missing lines said is lost. "
            + $"Revoked stay: {Some(Revoked(list, history))}. Revoked are, because the list does not have them: "
            + $"{Some(Missing(list, history).Select(v => $"{v.KeyId}/{v.Version} {v.Thumbprint}"))}. "
            + "Trusted stay, where the vault has them: "
            + $"{Some(Trusted(list, history).Select(e => $"{e.KeyId}/{e.Version} {e.Thumbprint}"))}. Then Rekey publishes lists "
            + $"again, from number {list.Sequence + 1} on. "
            + $"On no Rekey publishes nothing, and published lists stay in force. The approver who asks says: {reason}";
        var about = new LedgerAcceptance(seen, HashOf(standing.Document!)).ToString();
        return await AskForDecision.AskAgainAsync(round =>
            ask.AskAsync(DecisionKinds.AcceptLedger, about, statement, $"{round}", [by], OnExpiry.Lapse, cancellationToken)
        );
    }

    /// <inheritdoc cref="SeenLedger.CheckAcceptedAsync"/>
    internal Task CheckAsync(Decision decision, CancellationToken cancellationToken) =>
        seenLedger.CheckAcceptedAsync(decision, cancellationToken);

    /// <summary>Puts on record that the ledger was accepted in spite of this list, if it was; false when it was not.</summary>
    /// <remarks>It may stop at any line and be run again: what is on record already is not written twice.</remarks>
    internal async Task<bool> RunAsync(StandingList standing, TrustHistory history, CancellationToken cancellationToken)
    {
        foreach (var decision in (await decisions.ReadAsync(cancellationToken)).Approved(DecisionKinds.AcceptLedger))
        {
            var accepted = LedgerAcceptance.Parse(decision.About);
            if (
                string.Equals(accepted.Document, HashOf(standing.Document!), StringComparison.Ordinal)
                && await trustLedger.HasAsync(accepted.Ledger, cancellationToken)
            )
            {
                await TakeOverAsync(standing.List!, history, decision, cancellationToken);
                await trustLedger.AcceptAsync(governedKeys.Environment, accepted.Ledger, standing.List!, decision, cancellationToken);
                return true;
            }
        }

        return false;
    }

    private async Task TakeOverAsync(TrustList list, TrustHistory history, Decision decision, CancellationToken cancellationToken)
    {
        // 1. A revoked key is never trusted again. The list forgets a revocation when every verifier has; the version is not in it
        // then, and the line that revoked it may be one of those that the ledger lacks.
        foreach (var thumbprint in Revoked(list, history).Concat(Missing(list, history).Select(v => v.Thumbprint)).Distinct().ToList())
        {
            await trustLedger.EndTrustAsync(
                history,
                governedKeys.Environment,
                thumbprint,
                $"ledger-accepted/{decision.Id}",
                cancellationToken
            );
        }

        // 2. Keep logins working: trust versions that the list names, the vault has, and two people have approved. Neither list nor vault
        // alone makes a key trusted.
        foreach (var entry in Trusted(list, history))
        {
            var key = governedKeys.Find(entry.KeyId).Key;
            if ((await publicKeys.ReadAsync(key, entry.Version, cancellationToken))?.Thumbprint == entry.Thumbprint)
            {
                await trustLedger.TrustAsync(
                    key,
                    entry.Version,
                    entry.Thumbprint,
                    entry.Window.CurrentFrom,
                    ApprovedBasis.Of(decision, key, entry.Version),
                    cancellationToken
                );
            }
        }

        // 3. A version that may not sign any longer must not sign again.
        foreach (
            var entry in list.Keys.Where(e =>
                governedKeys.Governs(e.KeyId) && !(history.Find(e.KeyId, e.Version)?.IssuedUntil <= e.Window.IssuedUntil)
            )
        )
        {
            if (entry.Window.IssuedUntil is { } until)
            {
                await trustLedger.EndIssuanceAsync(
                    governedKeys.Find(entry.KeyId).Key,
                    entry.Version,
                    entry.Thumbprint,
                    until,
                    $"ledger-accepted/{decision.Id}",
                    cancellationToken
                );
            }
        }
    }

    private static IEnumerable<string> Revoked(TrustList list, TrustHistory history) => list.Revoked.Where(t => !history.IsRevoked(t));

    /// <summary>Versions that the ledger still trusts, and that verifiers no longer trusted when the list was signed.</summary>
    private IEnumerable<(string KeyId, string Version, string Thumbprint)> Missing(TrustList list, TrustHistory history) =>
        governedKeys
            .Keys.SelectMany(key => history.TrustedOf(key.Key.Id).Select(v => (KeyId: key.Key.Id, v.Version, v.Thumbprint, v.TrustedFrom)))
            .Where(v => v.TrustedFrom <= list.MadeAt && list.Keys.All(e => e.Thumbprint != v.Thumbprint))
            .Select(v => (v.KeyId, v.Version, v.Thumbprint));

    private IEnumerable<TrustEntry> Trusted(TrustList list, TrustHistory history) =>
        list.Keys.Where(e =>
            governedKeys.Governs(e.KeyId)
            && history.Find(e.KeyId, e.Version) is null
            && !history.IsRevoked(e.Thumbprint)
            && !list.Revoked.Contains(e.Thumbprint, StringComparer.Ordinal)
        );

    private static string Some(IEnumerable<string> all) =>
        all.ToList() switch
        {
            [] => "none",
            { Count: <= Named } few => string.Join(", ", few),
            var many => $"{string.Join(", ", many.Take(Named))} and {many.Count - Named} more",
        };

    internal static string HashOf(Document document) => Convert.ToHexStringLower(SHA256.HashData(document.Content.Span));
}
