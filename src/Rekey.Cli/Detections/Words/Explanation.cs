using Rekey.Detections;
using Rekey.Detections.Samples.Stories;
using Rekey.Detections.Sweeps;

namespace Rekey.Cli.Detections.Words;

/// <summary>Both sides of one <c>jti</c>, and in plain words why its verdicts are what they are.</summary>
/// <param name="Sightings">What the detections say about it.</param>
internal sealed record Explanation(
    string Jti,
    IReadOnlyList<IssuanceLine> Issuances,
    IReadOnlyList<AccessLine> Accesses,
    IReadOnlyList<Sighting> Sightings,
    SweepParameters Parameters
)
{
    /// <summary>What was read of either stream, and what could not be: a line that could not be read may have been one of this
    /// token.</summary>
    public IReadOnlyList<StreamReading> Readings { get; init; } = [];

    public bool FoundForgery => Sightings.Any(s => s.Verdict.IsForgery());

    public bool IsPartial => Readings.Any(r => r.IsPartial);

    /// <summary>A sentence or two for each verdict of each token that was presented under the <c>jti</c>.</summary>
    public IEnumerable<(string? Verdict, string Because)> Reasons()
    {
        if (Accesses.Count == 0)
        {
            yield return (null, Issuances.Count == 0 ? "Neither side has it." : "It was issued, and no gateway accepted it.");
        }

        foreach (var token in Accesses.Select(a => a.Token).DistinctBy(t => t.Id))
        {
            var sightings = Sightings.Where(s => s.Token.Id == token.Id).ToList();
            foreach (var ofVerdict in sightings.GroupBy(s => s.Verdict))
            {
                yield return (ofVerdict.Key.Code(), Because(ofVerdict.Key, token, [.. ofVerdict]));
            }

            if (sightings.Count == 0)
            {
                yield return (
                    null,
                    $"Token {token.Id}: nothing is wrong with it. It was issued as it was accepted, and every access lies within its time."
                );
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
                + $"{Moment(first)} and {Moment(last)}; a skew of {Parameters.ClockSkew.TotalMinutes:0.#} min is forgiven.",
            Verdict.RetiredKey => WindowOf(token)
                + $" It was accepted between {Moment(first)} and {Moment(last)}, and its iat is {Moment(token.IssuedAt)}.",
            Verdict.VerifierLag => WindowOf(token)
                + $" It was issued honestly and accepted between {Moment(first)} and {Moment(last)}: within "
                + $"{Parameters.VerifierCacheTime.TotalHours:0.#} h a gateway may still have cached the key.",
            Verdict.Unidentified => "It has no jti.",
            Verdict.Shared => $"It came from {sightings.Select(s => s.SrcIpAddr).OfType<string>().Distinct().Count()} addresses in "
                + $"{sightings.Select(s => s.SrcIpAddr).OfType<string>().Select(AddressNetwork.Of).Distinct().Count()} networks; "
                + $"{Parameters.MaxAddressesPerToken} and {Parameters.MaxNetworksPerToken} are allowed.",
            _ => verdict.Meaning(),
        };
    }

    private IEnumerable<IssuanceLine> OfIssuer(PresentedToken token) => Issuances.Where(i => i.Iss == token.Iss);

    /// <summary>What the definition of <c>altered</c> looks at: the hash where both have one, else the claims that both have.</summary>
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
        return Issuances.Count > 0 ? $"; {issuers} issued one with the same jti, which is another token" : "";
    }

    private static string Moment(DateTimeOffset? time) => time is { } at ? $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "";

    private static string? Short(string? hash) => hash is { Length: > 12 } ? $"{hash[..12]}…" : hash;
}
