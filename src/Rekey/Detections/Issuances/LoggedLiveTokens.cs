using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Rotations.Tokens;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Detections.Issuances;

/// <summary>Counts live tokens by the issuers' logs. A log with a gap gives no number, since it would be too small.</summary>
public sealed class LoggedLiveTokens(
    ITokenLog log,
    IRecords<InstanceGaps> gaps,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    TrustOptions trust,
    TimeProvider timeProvider
) : ILiveTokens
{
    /// <summary>How long a log may take. A rotation waits for the count before its next step.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    public async Task<LiveTokenCount> CountAsync(SigningKey key, IReadOnlyList<string> versions, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (versions.Count == 0)
        {
            return new(0, 0, now, UnknownBecause: null);
        }

        var bound = governedKeys.Find(key.Id);
        var iss = bound.Issuer.Issuer;
        var kids = (await trustLedger.ReadAsync(cancellationToken))
            .VersionsOf(key.Id)
            .Where(v => versions.Contains(v.Version, StringComparer.Ordinal))
            .Select(v => SweepWindows.KidOf(bound, v))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var since = now - trust.MaxTokenLifetime - trust.ClockSkew;
        using var patience = new CancellationTokenSource(LongestWait, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var live = await log.LiveIssuancesAsync(iss, kids, since, now, both.Token);
            var hasGap = await gaps.ListAsync(InstanceGaps.All, both.Token)
                .Select(i => i.Value)
                .AnyAsync(i => i.Concerns(iss) && i.Gaps.Any(g => g.Hides && !(g.To < since)), both.Token);
            return !live.IsWhole ? LiveTokenCount.Unknown(now, $"A part of the log of {iss} could not be read.")
                : hasGap ? LiveTokenCount.Unknown(now, $"The log of {iss} has a gap. See `rekey findings`.")
                : live.WithoutKid > 0
                    ? LiveTokenCount.Unknown(
                        now,
                        $"{live.WithoutKid} live tokens in the log of {iss} name no kid. Log the kid of each token."
                    )
                : live.Tokens == 0 && (await log.LastIssuancesAsync(iss, kids, since, both.Token)).OfIssuer is null
                    ? LiveTokenCount.Unknown(now, $"The log of {iss} has no line since {since:u}.")
                : new(live.Tokens, live.Callers, now, UnknownBecause: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return LiveTokenCount.Unknown(now, $"The log of {iss} did not answer within {LongestWait.TotalSeconds:N0} s.");
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return LiveTokenCount.Unknown(now, $"The log of {iss} could not be read: {e.Message}");
        }
    }
}
