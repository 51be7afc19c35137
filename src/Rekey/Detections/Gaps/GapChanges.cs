namespace Rekey.Detections.Gaps;

/// <summary>Updates the known gaps of an instance with detected ones. Pure.</summary>
internal static class GapChanges
{
    /// <summary>The maximum number of gaps per instance; the oldest are merged beyond it.</summary>
    private const int MaxGaps = 200;

    /// <summary>Adds the gaps that a detection found in this instance.</summary>
    /// <param name="sight">When the issuances that the detection could read begin; null if unknown. Then a gap that it did not find stays
    /// open.</param>
    public static InstanceGaps Found(
        this InstanceGaps standing,
        IReadOnlyList<IssuanceGap> found,
        DateTimeOffset? sight,
        DateTimeOffset now
    )
    {
        if (standing.IsWholeIssuer)
        {
            return standing.FoundSilent(found, now);
        }

        var gaps = standing.Gaps.ToDictionary(g => g.From);
        var silence = standing.IsFile ? null : standing.Gaps.LastOrDefault(g => g is { IsSilence: true, End: null });
        foreach (var gap in found)
        {
            gaps[gap.From] =
                gaps.TryGetValue(gap.From, out var known) && known.Hides
                    ? Same(known, gap)
                        ? known
                        : known with
                        {
                            To = gap.To,
                            Missing = gap.Missing,
                            End = null,
                            EndedAt = null,
                        }
                    : new(gap.From, gap.To, gap.Missing, now);
        }

        // It has logged since, but its log of that time may be incomplete.
        if (
            silence is not null
            && sight > silence.From
            && found.Where(f => f.From > silence.From).Select(f => (DateTimeOffset?)f.From).Min() is { } spoke
        )
        {
            gaps[silence.From] = silence with { To = spoke };
        }

        // A gap that was in sight and not found is closed: its lines have arrived. A file may also have been removed, with its lines.
        foreach (
            var gap in gaps
                .Values.Where(g => g.End is null && sight <= (standing.IsFile ? g.To : g.From) && found.All(f => f.From != g.From))
                .ToList()
        )
        {
            gaps[gap.From] = gap with { To = gap.To ?? now, End = standing.IsFile ? GapEnd.Over : GapEnd.Closed, EndedAt = now };
        }

        return SaySame(standing.Gaps, gaps.Values) ? standing : standing with { Gaps = Bounded([.. gaps.Values.OrderBy(g => g.From)]) };
    }

    /// <summary>Ends the time in which gaps are unknown: a detection finished, and could read the issuances since its sight.</summary>
    /// <param name="sight">Null if unknown. Then what was unknown until now stays so.</param>
    public static InstanceGaps Known(this InstanceGaps standing, DateTimeOffset? sight, DateTimeOffset now) =>
        standing.Gaps.LastOrDefault(g => g.End is null) is not { } open
            ? standing
            : standing with
            {
                Gaps =
                [
                    .. standing.Gaps.Where(g => g.End is not null),
                    open with
                    {
                        To = sight < now ? Later(sight.Value, open.From) : now,
                        End = sight <= open.From ? GapEnd.Closed : GapEnd.Over,
                        EndedAt = now,
                    },
                ],
            };

    /// <summary>Retires instances whose silence has lasted too long. A whole issuer is never retired while its tokens are
    /// accepted.</summary>
    public static InstanceGaps Aged(this InstanceGaps standing, TimeSpan silenceMemory, DateTimeOffset now)
    {
        if (standing.IsWholeIssuer)
        {
            return standing;
        }

        var aged = standing
            .Gaps.Select(g =>
                g is { IsSilence: true, End: null } && g.From + silenceMemory <= now
                    ? g with
                    {
                        To = g.From + silenceMemory,
                        End = GapEnd.Retired,
                        EndedAt = now,
                    }
                    : g
            )
            .ToList();
        return SaySame(standing.Gaps, aged) ? standing : standing with { Gaps = aged };
    }

    /// <summary>Drops gaps that ended before a time: no token that may still be judged was issued in them.</summary>
    public static InstanceGaps Without(this InstanceGaps standing, DateTimeOffset endedBefore) =>
        standing.Gaps.Any(g => g.To < endedBefore)
            ? standing with
            {
                Gaps = [.. standing.Gaps.Where(g => !(g.To < endedBefore))],
            }
            : standing;

    /// <summary>
    /// Merges the gaps of an issuer that logs nothing. Its last line is unknown, so the gap begins where the earliest token of that time
    /// can have been issued, which may become earlier later. It is one gap until the issuer logs again.
    /// </summary>
    private static InstanceGaps FoundSilent(this InstanceGaps standing, IReadOnlyList<IssuanceGap> found, DateTimeOffset now)
    {
        var open = standing.Gaps.LastOrDefault(g => g.End is null);
        var ended = standing.Gaps.Where(g => g.End is not null);
        if (found.Count == 0)
        {
            return open is null
                ? standing
                : standing with
                {
                    Gaps = Bounded([.. ended, open with { To = now, End = GapEnd.Over, EndedAt = now }]),
                };
        }

        var from = found.Min(f => f.From);
        return open is null ? standing with { Gaps = Bounded([.. ended, new(from, To: null, Missing: null, now)]) }
            : from < open.From ? standing with { Gaps = [.. ended, open with { From = from }] }
            : standing;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static bool Same(TrackedGap known, IssuanceGap gap) =>
        (known.To, known.Missing) == (gap.To, gap.Missing) || (known.End is GapEnd.Retired && gap.To is null);

    private static bool SaySame(IReadOnlyList<TrackedGap> a, IEnumerable<TrackedGap> b) => a.Order(ByFrom).SequenceEqual(b.Order(ByFrom));

    private static readonly Comparer<TrackedGap> ByFrom = Comparer<TrackedGap>.Create((a, b) => a.From.CompareTo(b.From));

    private static IReadOnlyList<TrackedGap> Bounded(IReadOnlyList<TrackedGap> gaps)
    {
        if (gaps.Count <= MaxGaps)
        {
            return gaps;
        }

        var old = gaps.Take(gaps.Count - MaxGaps + 1).Where(g => g.Hides).ToList();
        var rest = gaps.Skip(gaps.Count - MaxGaps + 1);
        return old.Count == 0 ? [.. rest] : [new(old[0].From, old.Max(g => g.To), Missing: null, old[0].FoundAt), .. rest];
    }
}
