using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Exposures.Grades;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;

namespace Rekey.Exposures;

/// <summary>
/// Asks every source about every governed key. What cannot be read does not hold up what is known, and is always named: an outage never
/// makes the answer silently smaller.
/// </summary>
public sealed class FindExposures(
    IEnumerable<IExposureSource> sources,
    GovernedKeys governedKeys,
    IKeyVault vault,
    TrustLedger trustLedger,
    GradeKeys grades
)
{
    private readonly List<IExposureSource> _sources = [.. sources];

    public async Task<ExposuresFound> FindAsync(ExposureInquiry inquiry, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<string, Exposure>(StringComparer.Ordinal);
        var unread = new ConcurrentBag<UnreadSource>();
        await VaultsInParallel.RunAsync(
            governedKeys.Keys,
            k => k.Key,
            async (keys, _, limited) =>
            {
                var failures = new Failures();
                foreach (var key in keys)
                {
                    if (await OfKeyAsync(inquiry, key, failures, unread.Add, limited) is { } exposure)
                    {
                        found[key.Key.Id] = exposure;
                    }
                }
            },
            cancellationToken
        );
        return new(
            [.. governedKeys.Keys.Select(k => found.GetValueOrDefault(k.Key.Id)).OfType<Exposure>()],
            [.. unread.OrderBy(u => u.KeyId, StringComparer.Ordinal)]
        );
    }

    private async Task<Exposure?> OfKeyAsync(
        ExposureInquiry inquiry,
        BoundKey key,
        Failures failures,
        Action<UnreadSource> miss,
        CancellationToken cancellationToken
    )
    {
        // 1. The reasons of every source.
        var reasons = new List<ExposureReason>();
        foreach (var source in _sources)
        {
            var (answer, failure) = await failures.AskAsync(() => source.FindAsync(inquiry, key, cancellationToken), whom: source);
            reasons.AddRange(answer?.Reasons ?? []);
            if ((failure ?? answer?.NotSeen) is { } missed)
            {
                var refused = missed as CannotContinueException;
                miss(new(key.Key.Id, refused?.Reason, missed.Message, refused?.Remedy));
            }
        }

        if (reasons.Count == 0)
        {
            return null;
        }

        // 2. Access that ended before the oldest trusted version was made exposes nothing. A vault that cannot be read proves nothing.
        var needsVersions = grades.ReadsLog || reasons.Exists(r => r.Until is not null);
        var (versions, _) = needsVersions
            ? await failures.AskAsync(() => vault.GetPropertiesOfKeyVersionsAsync(key.Key, cancellationToken), whom: vault)
            : default;
        var oldest = await OldestAsync(key.Key, versions, cancellationToken);
        var counting = reasons.Where(r => oldest is null || End(inquiry, r) >= oldest).ToList();
        if (counting.Count == 0)
        {
            return null;
        }

        // 3. The grade, over all versions that were there while any of the access lasted.
        var until = counting.Max(r => End(inquiry, r));
        return new(key.Key.Id, Bounded(counting), until, await grades.OfAsync(inquiry, key, versions, until, cancellationToken))
        {
            OldestVersionAt = oldest,
        };
    }

    /// <summary>When the oldest trusted version was made; null when that is not known.</summary>
    private async Task<DateTimeOffset?> OldestAsync(
        SigningKey key,
        IReadOnlyList<KeyVersionProperties>? versions,
        CancellationToken cancellationToken
    )
    {
        var made = (versions ?? []).ToDictionary(v => v.Version, v => v.Created, StringComparer.OrdinalIgnoreCase);
        var trusted = (await trustLedger.ReadAsync(cancellationToken)).TrustedOf(key.Id).ToList();
        return trusted.Count > 0 && trusted.TrueForAll(v => made.ContainsKey(v.Version)) ? trusted.Min(v => made[v.Version]) : null;
    }

    private static DateTimeOffset End(ExposureInquiry inquiry, ExposureReason reason) =>
        reason.Until is { } until && until < inquiry.AccessEndedAt ? until : inquiry.AccessEndedAt;

    private static IReadOnlyList<ExposureReason> Bounded(IReadOnlyList<ExposureReason> reasons) =>
        [
            .. reasons
                .GroupBy(r => (r.PersonId, r.Kind))
                .SelectMany(of =>
                    of.Count() <= Exposure.MaxReasonsOfKind
                        ? of
                        : of.Take(Exposure.MaxReasonsOfKind - 1)
                            .Append(
                                of.ElementAt(Exposure.MaxReasonsOfKind - 1) with
                                {
                                    Detail =
                                        $"{of.ElementAt(Exposure.MaxReasonsOfKind - 1).Detail}; and "
                                        + $"{of.Count() - Exposure.MaxReasonsOfKind} more of this kind",
                                    Until = of.Skip(Exposure.MaxReasonsOfKind - 1).Any(r => r.Until is null)
                                        ? null
                                        : of.Skip(Exposure.MaxReasonsOfKind - 1).Max(r => r.Until),
                                }
                            )
                ),
        ];
}
