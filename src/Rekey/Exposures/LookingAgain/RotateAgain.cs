using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Watching;
using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Exposures.LookingAgain;

/// <summary>
/// Rotates the keys again that a person touched with their last access token, and those that they could have taken without a complete
/// audit log.
/// </summary>
public sealed class RotateAgain(
    PlanRotation plan,
    ChooseResponseMode choose,
    GovernedKeys governedKeys,
    IFindings findings,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <param name="touched">The person's uses, by key.</param>
    /// <param name="complete">The vaults whose log shows everything.</param>
    /// <returns>The keys that are rotated again.</returns>
    public async Task<IReadOnlyList<BoundKey>> RunAsync(
        Departure departure,
        ILookup<string, AuditedUse> touched,
        IReadOnlySet<string> complete,
        CancellationToken cancellationToken
    )
    {
        // 1. Report what they touched.
        foreach (var of in touched)
        {
            await findings.RaiseAsync(Used(departure, of.Key, [.. of]), cancellationToken);
        }

        // 2. Order the rotations.
        var unproven = departure
            .Plan.Where(p => p.Urgency == nameof(Urgency.Immediate) && p.Mode is not ResponseMode.Observe)
            .Select(p => p.KeyId)
            .Where(k => !complete.Contains(k.Split('/')[0]));
        var keys = governedKeys
            .Keys.Where(k => touched.Contains(k.Key.Id) || unproven.Contains(k.Key.Id, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var cause = Departure.SecondCauseOf(departure.Cause);
        var (mode, why) = await choose.LaterAsync(departure, keys, cause, cancellationToken);
        foreach (var key in keys)
        {
            await plan.PlanAsync(Order(departure, key, cause, [.. touched[key.Key.Id]], why), mode, cancellationToken);
        }

        return keys;
    }

    private RotationOrder Order(Departure departure, BoundKey key, string cause, IReadOnlyList<AuditedUse> uses, string? why) =>
        new(
            key.Key,
            cause,
            Urgency.Immediate,
            departure.TokensEndAt(options),
            $"The last access token of the departure {departure.Id} expired at {departure.TokensEndAt(options):u}. "
                + (
                    uses.Count > 0
                        ? $"The audit log shows that the person used {key.Key.Id} until then ({string.Join("; ", uses.Take(3))})."
                        : $"No complete audit log shows that the person did not take {key.Key.Id} until then."
                )
                + (why is null ? "" : $" This needs a decision because: {why}"),
            [departure.PersonId, .. departure.Sources.Select(s => s.Reporter).OfType<string>()],
            OnExpiry.CarryOut
        )
        {
            WhileGone = departure.Hostile ? null : departure.PersonId,
        };

    private Finding Used(Departure departure, string keyId, IReadOnlyList<AuditedUse> uses)
    {
        var isLate = uses.Any(u => u.Last > departure.TokensEndAt(options));
        return new(
            FindingKinds.LeaverUsedKey,
            $"{departure.Id}|{keyId}",
            Severity.Critical,
            $"A person who has left used {keyId} after their account was closed"
                + (isLate ? ", and after every access token of theirs had expired." : ", within the lifetime of an access token."),
            (isLate ? "They have another way in: look for a credential that they added, or an account of another person. " : "")
                + "Look at what was signed in that time, and answer the question about the rotation if there is one.",
            Facts.Of(
                ("departure", departure.Id),
                ("person", departure.PersonId),
                ("key", keyId),
                ("uses", string.Join("; ", uses.Take(10))),
                ("tokensExpiredAt", departure.TokensEndAt(options).ToString("O")),
                ("attack", "T1078")
            ),
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        )
        {
            Milestone = isLate ? LeaverFindings.AfterTokens : null,
        };
    }
}
