using Rekey.Rotations;
using Rekey.Rotations.Tokens;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Exposures.Previews;

/// <summary>Shows what would happen if a person left now, and whose leaving would hurt. It changes nothing.</summary>
public sealed class ReadExposure(
    FindExposures find,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    ILiveTokens liveTokens,
    ExposureOptions options,
    RotationOptions rotations,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    /// <summary>The keys that one person exposes, with the plan for each.</summary>
    /// <param name="personId">Object id of the person.</param>
    public async Task<ExposurePreview> OfAsync(string personId, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var found = await find.FindAsync(new(personId, now, []), cancellationToken);
        var history = await trustLedger.ReadAsync(cancellationToken);
        var keys = new List<PreviewedKey>();
        foreach (var exposure in found.Exposures)
        {
            var urgency = DepartureUrgency.Of(isHostile: false, exposure.Grade.Grade, options);
            keys.Add(
                new(
                    exposure.KeyId,
                    exposure.Reasons,
                    exposure.Grade,
                    urgency,
                    await liveTokens.CountAsync(
                        governedKeys.Find(exposure.KeyId).Key,
                        [.. history.TrustedOf(exposure.KeyId).Select(v => v.Version)],
                        cancellationToken
                    ),
                    now + ForgottenAfter(urgency)
                )
            );
        }

        return new(personId, now, keys, found.Unread);
    }

    /// <summary>Every key by the number of people who could have used or taken it, most first.</summary>
    public async Task<(IReadOnlyList<CrowdedKey> Keys, IReadOnlyList<UnreadSource> Unread)> OfEveryoneAsync(
        CancellationToken cancellationToken
    )
    {
        var found = await find.FindAsync(new(personId: null, timeProvider.GetUtcNow(), []), cancellationToken);
        return (
            [
                .. found
                    .Exposures.Select(e => new CrowdedKey(
                        e.KeyId,
                        [
                            .. e
                                .Reasons.GroupBy(r => r.PersonId, StringComparer.OrdinalIgnoreCase)
                                .Select(p =>
                                    (p.Key, (IReadOnlyList<string>)[.. p.Select(r => r.Kind).Distinct().Order(StringComparer.Ordinal)])
                                )
                                .OrderBy(p => p.Key, StringComparer.Ordinal),
                        ],
                        e.Grade
                    ))
                    .OrderByDescending(k => k.People.Count)
                    .ThenBy(k => k.KeyId, StringComparer.Ordinal),
            ],
            found.Unread
        );
    }

    /// <summary>At once, and the cache of the slowest verifier; gracefully also the announcement, the window without signatures, and the
    /// life of the last token.</summary>
    private TimeSpan ForgottenAfter(Urgency urgency) =>
        urgency is Urgency.Immediate
            ? trust.VerifierCacheTime
            : trust.AnnounceTime + trust.JwksMaxAge + (2 * rotations.LogLag) + KeyRetention.Of(trust) + trust.VerifierCacheTime;
}
