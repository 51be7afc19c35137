using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Planning;
using Rekey.Rotations.Tokens;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Departures.Reading;

/// <summary>
/// Reads the facts about a question from the ledger and the directory. The words of a question are as old as the question; these facts
/// are as they are now (T33).
/// </summary>
public sealed class ReadQuestion(
    RotationLedger recorded,
    IRecords<Rotation> rotations,
    IRecords<Departure> departures,
    IDirectory directory,
    GovernedKeys governedKeys,
    TrustLedger trustLedger,
    ILiveTokens liveTokens,
    TimeProvider timeProvider
)
{
    /// <summary>The facts about this decision now.</summary>
    /// <param name="readsOutside">Whether the directory is asked for the state of the account, and the logs for the live tokens.</param>
    public async Task<QuestionFacts> ReadAsync(Decision decision, CancellationToken cancellationToken, bool readsOutside = true)
    {
        // 1. The key: what a yes ends now.
        if (!DecisionKinds.IsAboutKey(decision.Kind))
        {
            return new(decision.PlanHash, null, null, null, decision.IsHeld, decision.WithdrawnBecause, null, null);
        }

        var history = await trustLedger.ReadAsync(cancellationToken);
        var rotation = (await rotations.FindAsync(Rotation.Live, SigningKey.RowOf(decision.About), cancellationToken))?.Value;
        var versions = decision.StateAt(timeProvider.GetUtcNow()) is DecisionState.Pending ? VersionsOf(decision, rotation, history) : null;
        var outcome = (await recorded.ReadAsync(cancellationToken)).OfDecision(decision.About, decision.Id);

        // 2. The person: confirmed or only reported, and the account now.
        var departure = outcome is null ? null : await DepartureAsync(outcome.Cause, cancellationToken);
        return new(
            versions is null ? decision.PlanHash : HashOf(decision, versions),
            departure,
            departure is null || !readsOutside ? null : await AccountAsync(departure, cancellationToken),
            versions,
            decision.IsHeld,
            NoEffect(decision, outcome, rotation, history),
            outcome,
            versions is not null && readsOutside && governedKeys.Keys.FirstOrDefault(k => k.Key.Id == decision.About) is { } key
                ? await liveTokens.CountAsync(key.Key, versions, cancellationToken)
                : null
        );
    }

    /// <summary>
    /// Converts the hash that an approver repeats into the hash of the words that they answer. A hash from before the versions changed
    /// that a yes ends becomes the hash of no words, so that the answer is refused.
    /// </summary>
    public async Task<string> AnsweredHashAsync(Decision decision, string planHash, CancellationToken cancellationToken)
    {
        if (decision.State is not DecisionState.Pending)
        {
            // It is decided: the answer is a repeated request, or comes too late.
            return decision.PlanHash;
        }

        return string.Equals(
            planHash,
            (await ReadAsync(decision, cancellationToken, readsOutside: false)).PlanHash,
            StringComparison.Ordinal
        )
            ? decision.PlanHash
            : "";
    }

    private static string HashOf(Decision decision, IReadOnlyList<string> versions) =>
        StableId.HexOf(decision.PlanHash, string.Join(' ', versions));

    /// <summary>The trusted versions that the rotation does not keep.</summary>
    private static IReadOnlyList<string> VersionsOf(Decision decision, Rotation? rotation, TrustHistory history) =>
        [
            .. history
                .TrustedOf(decision.About)
                .Where(v => rotation is not { IsRunning: true } || v.Version != rotation.NewVersion)
                .OrderBy(v => v.TrustedFrom)
                .ThenBy(v => v.Version, StringComparer.Ordinal)
                .Select(v => v.Version),
        ];

    private static string? NoEffect(Decision decision, RecordedCause? outcome, Rotation? rotation, TrustHistory history)
    {
        if (decision.WithdrawnBecause is { } withdrawn)
        {
            return withdrawn;
        }

        if (outcome?.Outcome is RotationOutcome.Superseded or RotationOutcome.Cancelled)
        {
            return outcome.Why;
        }

        var request = rotation?.Waiting.FirstOrDefault(w => w.DecisionId == decision.Id);
        return request is not null && RotationQuestions.IsCovered(rotation!, request.CoveredUntil, history)
            ? OutcomeReasons.Covered(rotation!, request)
            : null;
    }

    private async Task<Departure?> DepartureAsync(string cause, CancellationToken cancellationToken) =>
        RotationCause.DepartureOf(cause) is { } departureId
            ? (await departures.FindAsync("departure", departureId, cancellationToken))?.Value
            : null;

    private async Task<AccountNow> AccountAsync(Departure departure, CancellationToken cancellationToken)
    {
        try
        {
            return new(
                await directory.ReadAsync(Guid.Parse(departure.PersonId), cancellationToken),
                UnknownBecause: null,
                timeProvider.GetUtcNow()
            );
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return new(Standing: null, e.Message, timeProvider.GetUtcNow());
        }
    }
}
