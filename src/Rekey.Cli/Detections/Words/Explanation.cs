using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Samples.Stories;
using Rekey.Detections.Sweeps;

namespace Rekey.Cli.Detections.Words;

/// <summary>The issuances and accesses of one <c>jti</c>, and the reasons for its verdicts.</summary>
/// <param name="Sightings">The verdicts of the detections.</param>
internal sealed record Explanation(
    string Jti,
    IReadOnlyList<IssuanceLine> Issuances,
    IReadOnlyList<AccessLine> Accesses,
    IReadOnlyList<Sighting> Sightings,
    SweepParameters Parameters
)
{
    /// <summary>What could and could not be read of each stream: an unreadable line may belong to this token.</summary>
    public IReadOnlyList<StreamReading> Readings { get; init; } = [];

    /// <summary>The gaps that may hide the issuance of one of its tokens.</summary>
    public IReadOnlyList<IssuanceGap> Gaps { get; init; } = [];

    /// <summary>Everything that qualifies the verdicts, in words.</summary>
    public IEnumerable<string> Warnings => [.. Readings.SelectMany(r => r.InWords()), .. Gaps.Select(g => g.AsWarning())];

    public bool FoundForgery => Sightings.Any(s => s.Verdict.IsForgery() && !s.IsUnsure);

    public bool IsPartial => Sightings.Any(s => s.IsUnsure) || Readings.Any(r => r.IsPartial);

    /// <summary>The reason for each verdict of each token that was presented under the <c>jti</c>.</summary>
    public IEnumerable<(string? Verdict, string Because)> Reasons()
    {
        if (Accesses.Count == 0)
        {
            yield return (null, Issuances.Count == 0 ? "Neither log has it." : "It was issued, but no gateway accepted it.");
        }

        foreach (var token in Accesses.Select(a => a.Token).DistinctBy(t => t.Id))
        {
            var sightings = Sightings.Where(s => s.Token.Id == token.Id).ToList();
            foreach (var ofVerdict in sightings.GroupBy(s => s.Verdict))
            {
                var unsure = ofVerdict.Any(s => s.IsUnsure)
                    ? " It may have been issued all the same: the issuances that Rekey has read are not complete for that time."
                    : "";
                yield return (ofVerdict.Key.Code(), Because(ofVerdict.Key, token, [.. ofVerdict]) + unsure);
            }

            if (sightings.Count == 0)
            {
                yield return (null, $"Token {token.Id}: no verdict. Its issuance matches, and every access lies within its lifetime.");
            }
        }
    }

    private string Because(Verdict verdict, PresentedToken token, IReadOnlyList<Sighting> sightings)
    {
        var (first, last) = (sightings.Min(s => s.FirstSeen), sightings.Max(s => s.LastSeen));
        return verdict switch
        {
            Verdict.Unissued => $"No issuance of {token.Iss} has this jti{OtherIssuers()}.",
            Verdict.Altered => $"{token.Iss} issued this jti, but not this token: "
                + $"{string.Join("; ", OfIssuer(token).Select(i => Differences(i, token)))}.",
            Verdict.OutOfWindow => $"It was valid from {Moment(token.IssuedAt)} to {Moment(token.ExpiresAt)}, and was accepted between "
                + $"{Moment(first)} and {Moment(last)}; a skew of {Parameters.ClockSkew.TotalMinutes:0.#} min is allowed.",
            Verdict.RetiredKey => WindowOf(token)
                + $" It was accepted between {Moment(first)} and {Moment(last)}, and its iat is {Moment(token.IssuedAt)}.",
            Verdict.VerifierLag => WindowOf(token)
                + $" It is a legitimate token, accepted between {Moment(first)} and {Moment(last)}. A gateway may cache the key "
                + $"for {Parameters.VerifierCacheTime.TotalHours:0.#} h after its end.",
            Verdict.Shared => $"It came from {sightings.Select(s => s.SrcIpAddr).OfType<string>().Distinct().Count()} addresses in "
                + $"{sightings.Select(s => s.SrcIpAddr).OfType<string>().Select(AddressNetwork.Of).Distinct().Count()} networks; "
                + $"{Parameters.MaxAddressesPerToken} and {Parameters.MaxNetworksPerToken} are allowed.",
            _ => $"It was {verdict.Meaning()}.",
        };
    }

    private IEnumerable<IssuanceLine> OfIssuer(PresentedToken token) => Issuances.Where(i => i.Iss == token.Iss);

    /// <summary>Lists the differences that make a token <c>altered</c>: in the hash if both have one, else in shared claims.</summary>
    private static string Differences(IssuanceLine issued, PresentedToken token)
    {
        var differences = new[]
        {
            ("kid", issued.Kid, token.Kid),
            ("sub", issued.Sub, token.Sub),
            ("aud", issued.Aud, token.Aud),
            ("iat", Moment(issued.IssuedAt), Moment(token.IssuedAt)),
            ("exp", Moment(issued.ExpiresAt), Moment(token.ExpiresAt)),
            ("signing input", Short(issued.SigningInputSha256), Short(token.SigningInputSha256)),
        }
            .Where(d => !string.IsNullOrEmpty(d.Item2) && !string.IsNullOrEmpty(d.Item3) && d.Item2 != d.Item3)
            .Select(d => $"{d.Item1} was {d.Item2} when issued and {d.Item3} when accepted");
        return string.Join(", ", differences);
    }

    private string WindowOf(PresentedToken token)
    {
        var windows = Parameters.Windows.Where(w => w.Iss == token.Iss && w.Kid == token.Kid).ToList();
        return windows.Count == 0
            ? $"Kid {token.Kid ?? "(none)"} of {token.Iss} was never trusted: it has no trust window."
            : $"Kid {token.Kid} was {string.Join(", and ", windows.Select(InWords))}.";
    }

    private static string InWords(KidWindow window)
    {
        var end = window.TrustedUntil is { } until ? $"until {Moment(until)}" : "on";
        var iat = window.IssuedUntil is { } issued ? $" for tokens with an iat until {Moment(issued)}" : "";
        return $"trusted from {Moment(window.TrustedFrom)} {end}{iat}";
    }

    private string OtherIssuers()
    {
        var issuers = string.Join(", ", Issuances.Select(i => i.Iss).Distinct());
        return Issuances.Count > 0 ? $"; {issuers} issued another token with this jti" : "";
    }

    private static string Moment(DateTimeOffset? time) => time is { } at ? $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "";

    private static string? Short(string? hash) => hash is { Length: > 12 } ? $"{hash[..12]}…" : hash;
}
