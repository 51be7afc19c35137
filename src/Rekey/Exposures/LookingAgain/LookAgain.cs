using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Grades;
using Rekey.Exposures.Watching;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Rotations.Planning;
using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.Exposures.LookingAgain;

/// <summary>
/// Looks again when the last access token of a person who has left has expired. With it they could have taken the new version too (T4):
/// what they touched is rotated again, and what they could have taken, unless a complete audit log shows no call. It does so once, so that
/// no key is rotated again and again (T14).
/// </summary>
/// <param name="log">Null when no audit log is read.</param>
public sealed class LookAgain(
    ILedgerRecords<Departure> departures,
    IRecords<Person> people,
    IAuditLog? log,
    GovernedKeys governedKeys,
    PlanRotation plan,
    ReadBrake readBrake,
    IFindings findings,
    DepartureOptions options,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <summary>How long a silent log is waited for. Then it shows nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = new Failures();
        await foreach (var read in departures.ListOpenAsync("departure", cancellationToken))
        {
            if (IsDue(read.Value) && await IsGoneAsync(read.Value, cancellationToken))
            {
                await failures.TryAsync(() => LookAsync(read, cancellationToken), whom: this);
            }
        }

        failures.Throw();
    }

    private bool IsDue(Departure departure) =>
        departure is { Confirmed: true, AssessedAt: not null, LookedAgainAt: null }
        && departure.Plan.Any(p => p.Mode is not ResponseMode.Observe)
        && EndOf(departure) + rotations.LogLag <= timeProvider.GetUtcNow();

    private async Task<bool> IsGoneAsync(Departure departure, CancellationToken cancellationToken) =>
        await people.FindAsync("person", Person.RowOf(departure.TenantId, departure.PersonId), cancellationToken) is { Value: var person }
        && person.Epoch == departure.Epoch;

    private async Task LookAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        // 1. What the person did with their last token, by the audit log; and which vaults' logs show everything.
        var departure = read.Value;
        var (uses, complete) = await ReadAsync(departure, cancellationToken);
        var touched = uses.ToLookup(u => $"{u.Vault}/{u.Name}", StringComparer.OrdinalIgnoreCase);
        foreach (var of in touched)
        {
            await findings.RaiseAsync(Used(departure, of.Key, [.. of]), cancellationToken);
        }

        // 2. Rotate what they touched, and what they could have taken without a complete log.
        var unproven = departure
            .Plan.Where(p => p.Urgency == nameof(Urgency.Immediate) && p.Mode is not ResponseMode.Observe)
            .Select(p => p.KeyId)
            .Where(k => !complete.Contains(k.Split('/')[0]));
        var keys = governedKeys
            .Keys.Where(k => touched.Contains(k.Key.Id) || unproven.Contains(k.Key.Id, StringComparer.OrdinalIgnoreCase))
            .ToList();
        var cause = Departure.SecondCauseOf(departure.Cause);
        var (mode, why) = await ModeAsync(departure, keys, cause, cancellationToken);
        foreach (var key in keys)
        {
            await plan.PlanAsync(Order(departure, key, cause, [.. touched[key.Key.Id]], why), mode, cancellationToken);
        }

        // 3. Put it on record. After a lost race the next run looks again: a cause is planned once.
        await departures.ReplaceAsync(
            read,
            departure with
            {
                LookedAgainAt = timeProvider.GetUtcNow(),
            },
            new(
                LedgerKinds.DepartureLookedAgain,
                departure.Id,
                Facts.Of(
                    ("person", departure.PersonId),
                    ("until", EndOf(departure).ToString("O")),
                    ("used", string.Join(' ', touched.Select(t => t.Key))),
                    ("again", string.Join(' ', keys.Select(k => k.Key.Id)))
                )
            ),
            cancellationToken
        );
    }

    /// <summary>Reads the person's uses after the account was closed, and the vaults whose log has no gap in that time.</summary>
    private async Task<(IReadOnlyList<AuditedUse> Uses, IReadOnlySet<string> Complete)> ReadAsync(
        Departure departure,
        CancellationToken cancellationToken
    )
    {
        var (person, ended, end) = (departure.PersonId.ToLowerInvariant(), departure.AccessEndedAt, EndOf(departure));
        var none = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (log is null)
        {
            return ([], none);
        }

        try
        {
            var uses = await log.UsesAsync(new([.. governedKeys.Keys.Select(k => k.Key)], [person], ended), cancellationToken);
            var vaults = governedKeys
                .Keys.Select(k => k.Key.VaultUri.Authority.ToLowerInvariant())
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var silences = await log.SilencesAsync(vaults, ended - (2 * VersionGrade.MaxPause), VersionGrade.MaxPause, cancellationToken);
            var own = uses.Rows.Where(u => u.Oid == person && u.Last > ended && UsedKeys.IsPrivate(u.Operation)).ToList();
            return !uses.IsWhole || !silences.IsWhole
                ? (own, none)
                : (
                    own,
                    vaults
                        .Where(v => silences.Rows.Any(s => s.Vault == v))
                        .Where(v => !silences.Rows.Any(s => s.Vault == v && !(s.To <= ended) && !(s.From >= end)))
                        .ToHashSet(StringComparer.OrdinalIgnoreCase)
                );
        }
        catch (CannotContinueException)
        {
            // The assessment has reported that the log refuses. It shows nothing.
            return ([], none);
        }
        catch (RetryLaterException) when (timeProvider.GetUtcNow() > end + rotations.LogLag + Patience)
        {
            return ([], none);
        }
    }

    private async Task<(ResponseMode Mode, string? Why)> ModeAsync(
        Departure departure,
        IReadOnlyList<BoundKey> keys,
        string cause,
        CancellationToken cancellationToken
    ) =>
        rotations.Mode is ResponseMode.Enforce && departure.Plan.Any(p => p.Mode is ResponseMode.Ask)
            ? (ResponseMode.Ask, "The first rotations of this departure needed a decision too.")
            : RotationBrake.Apply(rotations.Mode, await readBrake.ReadAsync(keys, cause, cancellationToken), rotations);

    private RotationOrder Order(Departure departure, BoundKey key, string cause, IReadOnlyList<AuditedUse> uses, string? why) =>
        new(
            key.Key,
            cause,
            Urgency.Immediate,
            EndOf(departure),
            $"The last access token of the departure {departure.Id} expired at {EndOf(departure):u}. "
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
        var isLate = uses.Any(u => u.Last > EndOf(departure));
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
                ("tokensExpiredAt", EndOf(departure).ToString("O")),
                ("attack", "T1078")
            ),
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        )
        {
            Milestone = isLate ? LeaverFindings.AfterTokens : null,
        };
    }

    private DateTimeOffset EndOf(Departure departure) => departure.AccessEndedAt + options.MaxAccessTokenLifetime;
}
