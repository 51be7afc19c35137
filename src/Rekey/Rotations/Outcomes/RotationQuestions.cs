using Rekey.Decisions;
using Rekey.Trust.History;

namespace Rekey.Rotations.Outcomes;

/// <summary>
/// Reads the questions that a rotation waits for, and takes back those that nothing depends on any more. A question that stays open
/// after that would promise an effect that a yes no longer has (T33).
/// </summary>
public sealed class RotationQuestions(DecisionLedger decisions, TrustLedger trustLedger)
{
    /// <summary>The decision on record, with its expiry if that is due; null when it was never asked.</summary>
    public Task<Decision?> FindAsync(string decisionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        decisions.FindAsync(decisionId, now, cancellationToken);

    /// <summary>Why a yes would do nothing, in a plain sentence; null when it has an effect.</summary>
    public async Task<string?> CoveredAsync(Rotation rotation, RotationRequest request, CancellationToken cancellationToken) =>
        IsCovered(rotation, request.CoveredUntil, await trustLedger.ReadAsync(cancellationToken))
            ? OutcomeReasons.Covered(rotation, request)
            : null;

    /// <summary>Takes back a question about a cause that is covered.</summary>
    public Task WithdrawAsync(Decision decision, string why, CancellationToken cancellationToken) =>
        decisions.WithdrawAsync(decision, why, cancellationToken);

    /// <summary>Takes back the questions about a step that this rotation has taken, or no longer needs.</summary>
    public async Task WithdrawTakenAsync(Rotation rotation, CancellationToken cancellationToken)
    {
        var open = (await decisions.ReadAsync(cancellationToken)).Open.Where(d =>
            string.Equals(d.About, rotation.Key.Id, StringComparison.Ordinal)
        );
        foreach (var decision in open.ToList())
        {
            if (Taken(rotation, decision.Kind) is { } why)
            {
                await decisions.WithdrawAsync(decision, why, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Whether no version from before that time is trusted any more. Only a version that a rotation made has a proven age; every other one
    /// counts as old.
    /// </summary>
    internal static bool IsCovered(Rotation rotation, DateTimeOffset coveredUntil, TrustHistory history) =>
        history.VersionsOf(rotation.Key.Id).Count > 0
        && history
            .TrustedOf(rotation.Key.Id)
            .All(v => v.Version == rotation.NewVersion && rotation.VersionCreatedAt > coveredUntil && !v.IsApproved);

    private static string? Taken(Rotation rotation, string kind) =>
        kind switch
        {
            DecisionKinds.StopSigningWithoutEvidence when !rotation.IsRunning || rotation.SigningStoppedAt is not null =>
                $"The old versions of {rotation.Key.Id} no longer sign.",
            DecisionKinds.EndTrustWithoutSuccessor when !rotation.IsRunning || rotation.TrustEndedAt is not null =>
                $"The old versions of {rotation.Key.Id} are revoked already.",
            DecisionKinds.EndTrustWithoutSuccessor when rotation is { NewVersion: not null, AnnouncedAt: not null, NoSuccessor: null } =>
                $"{rotation.Key.Id} has a new version, {rotation.NewVersion}.",
            _ => null,
        };
}
