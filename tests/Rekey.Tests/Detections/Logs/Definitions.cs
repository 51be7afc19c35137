using System.Net;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;

namespace Rekey.Tests.Detections.Logs;

/// <summary>The definitions of the verdicts, word by word and one access at a time.</summary>
public static class Definitions
{
    /// <summary>The verdicts of a detection over accesses, with these issuances and all accesses in sight.</summary>
    public static IEnumerable<Sighting> Judge(
        string detection,
        IReadOnlyList<SeenLine> batch,
        IReadOnlyList<SeenLine> inSight,
        IReadOnlyList<MintedLine> issued,
        SweepParameters p
    )
    {
        var found =
            detection == "shared"
                ? Shared(batch, inSight, p).Select(a => (Verdict.Shared, Access: a))
                : batch
                    .Select(a => (Verdict: Of(detection, a, issued, p), Access: a))
                    .Where(a => a.Verdict is not null)
                    .Select(a => (a.Verdict!.Value, a.Access));
        return found
            .GroupBy(f => (f.Item1, f.Access.Token.Id, f.Access.Token.KeyThumbprint, f.Access.Token.SignatureVerified, f.Access.Address))
            .Select(g =>
            {
                var accesses = g.Select(f => f.Access).Distinct().ToList();
                return new Sighting(
                    g.Key.Item1,
                    accesses[0].Token,
                    g.Key.Address,
                    accesses.Min(a => a.TimeGenerated),
                    accesses.Max(a => a.TimeGenerated),
                    accesses.Count
                );
            });
    }

    public static IEnumerable<IssuanceGap> Gaps(IReadOnlyList<MintedLine> inSight, DateTimeOffset arrivedUntil, SweepParameters p)
    {
        foreach (var instance in inSight.Where(i => i.Instance is not null).GroupBy(i => (i.Iss, i.Instance)))
        {
            var numbered = instance.Where(i => i.Sequence is not null).DistinctBy(i => i.Sequence).OrderBy(i => i.Sequence).ToList();
            foreach (var (before, behind) in numbered.Zip(numbered.Skip(1)).Where(n => n.Second.Sequence - n.First.Sequence > 1))
            {
                yield return new(
                    instance.Key.Iss,
                    instance.Key.Instance!,
                    before.TimeGenerated,
                    behind.TimeGenerated,
                    behind.Sequence - before.Sequence - 1
                );
            }

            var times = instance.Select(i => i.TimeGenerated).Order().ToList();
            var longest = times.Zip(times.Skip(1)).Select(t => t.Second - t.First).DefaultIfEmpty().Max();
            var silence = arrivedUntil - times[^1];
            if (silence > p.MinSilence && (times.Count == 1 || silence > longest * 3))
            {
                yield return new(instance.Key.Iss, instance.Key.Instance!, times[^1], To: null, Missing: null);
            }
        }
    }

    /// <summary>Issuers with a trusted key whose tokens are accepted, no longer after their iat than tokens live, and that log
    /// nothing.</summary>
    public static IEnumerable<IssuanceGap> SilentIssuers(
        IReadOnlyList<SeenLine> seen,
        IReadOnlyList<MintedLine> inSight,
        DateTimeOffset arrivedUntil,
        SweepParameters p
    ) =>
        seen.Where(a => !(a.TimeGenerated - a.Token.IssuedAt > p.MaxTokenLifetime + p.ClockSkew))
            .GroupBy(a => a.Token.Iss)
            .Where(a => inSight.All(i => i.Iss != a.Key) && p.Windows.Any(w => w.Iss == a.Key && !(w.TrustedUntil <= arrivedUntil)))
            .Select(a => new IssuanceGap(
                a.Key,
                IssuanceGap.WholeIssuer,
                a.Min(s => s.TimeGenerated) - p.MaxTokenLifetime,
                To: null,
                Missing: null
            ));

    private static Verdict? Of(string detection, SeenLine access, IReadOnlyList<MintedLine> issued, SweepParameters p)
    {
        var token = access.Token;
        var issuances = token.Jti is null ? [] : issued.Where(i => i.Iss == token.Iss && i.Jti == token.Jti).ToList();
        return detection switch
        {
            "malformed-claims" => access.MalformedClaims is not null ? Verdict.MalformedClaims : null,
            "unidentified" => token.Jti is null ? Verdict.Unidentified : null,
            "unissued" => token.Jti is not null && issuances.Count == 0 ? Verdict.Unissued : null,
            "altered" => issuances.Count > 0 && !issuances.Any(i => Fits(i, token)) ? Verdict.Altered : null,
            "out-of-window" => access.TimeGenerated < token.IssuedAt - p.ClockSkew || access.TimeGenerated > token.ExpiresAt + p.ClockSkew
                ? Verdict.OutOfWindow
                : null,
            "retired-key" => RetiredKey(access, issuances.Count > 0, p),
            _ => throw new ArgumentOutOfRangeException(nameof(detection)),
        };
    }

    private static bool Fits(MintedLine i, PresentedToken t) =>
        i.Hash is not null && t.SigningInputSha256 is not null
            ? i.Hash == t.SigningInputSha256
            : !Differ(i.Kid, t.Kid)
                && !Differ(i.Sub, t.Sub)
                && !Differ(i.Aud, t.Aud)
                && !Differ(Seconds(i.IssuedAt), Seconds(t.IssuedAt))
                && !Differ(Seconds(i.ExpiresAt), Seconds(t.ExpiresAt));

    private static string? Seconds(DateTimeOffset? time) => time?.ToUnixTimeSeconds().ToString();

    private static bool Differ(string? a, string? b) => a is not null && b is not null && a != b;

    private static Verdict? RetiredKey(SeenLine access, bool isIssued, SweepParameters p)
    {
        var (token, at) = (access.Token, access.TimeGenerated);
        var windows = p.Windows.Where(w => w.Iss == token.Iss && w.Kid == token.Kid).ToList();
        if (
            p.Windows.All(w => w.Iss != token.Iss)
            || windows.Any(w => !(at < w.TrustedFrom - p.ClockSkew || at >= w.TrustedUntil || token.IssuedAt > w.IssuedUntil))
        )
        {
            return null;
        }

        return
            isIssued
            && windows.Any(w =>
                w.TrustedUntil <= at
                && at < w.TrustedUntil + p.VerifierCacheTime
                && at >= w.TrustedFrom - p.ClockSkew
                && !(w.IssuedUntil < token.IssuedAt)
            )
            ? Verdict.VerifierLag
            : Verdict.RetiredKey;
    }

    private static IEnumerable<SeenLine> Shared(IReadOnlyList<SeenLine> batch, IReadOnlyList<SeenLine> inSight, SweepParameters p) =>
        batch
            .Where(a => a.Token.Jti is not null)
            .Select(a => (a.Token.Iss, a.Token.Jti, a.Token.SigningInputSha256))
            .Distinct()
            .Select(t => inSight.Where(a => (a.Token.Iss, a.Token.Jti, a.Token.SigningInputSha256) == t).ToList())
            .Where(uses =>
            {
                var addresses = uses.Select(u => u.Address).OfType<string>().Distinct().ToList();
                return addresses.Count > p.MaxAddressesPerToken || addresses.Select(Network).Distinct().Count() > p.MaxNetworksPerToken;
            })
            .SelectMany(uses => uses);

    public static string Network(string address) =>
        IPAddress.TryParse(address, out var ip) && ip.GetAddressBytes() is { Length: 16 } six
            ? Convert.ToHexString(six.AsSpan(0, 6))
            : string.Join('.', address.Split('.').Take(3));
}
