using System.Net;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>The README's table, row by row and word by word, with no thought of speed.</summary>
internal static class Oracle
{
    public static IEnumerable<Sighting> Sightings(TokenWorld world)
    {
        var (p, accesses, issued) = (world.Parameters, world.Accessed.Select(Normal).ToList(), world.Issued.Select(Normal).ToList());
        var found = new List<(Verdict Verdict, Seen Access)>();
        foreach (var a in accesses.Where(a => a.InBatch))
        {
            if (a.MalformedClaims is { Length: > 0 })
            {
                found.Add((Verdict.MalformedClaims, a));
            }

            var isNamed = a.Token is { Jti: not null, Iss.Length: > 0 };
            var own = issued.Where(i => isNamed && i.Iss == a.Token.Iss && i.Jti == a.Token.Jti).ToList();
            if (!isNamed)
            {
                found.Add((Verdict.Unidentified, a));
            }
            else if (own.Count == 0)
            {
                found.Add((Verdict.Unissued, a));
            }
            else if (!own.Any(i => Fits(i, a.Token)))
            {
                found.Add((Verdict.Altered, a));
            }

            if (a.IsTimeKnown is false)
            {
                continue;
            }

            if (a.Token.IssuedAt - a.TimeGenerated > p.ClockSkew || (a.Token.ExpiresAt is { } exp && a.TimeGenerated - exp > p.ClockSkew))
            {
                found.Add((Verdict.OutOfWindow, a));
            }

            if (
                p.Windows.Any(w => w.Iss == a.Token.Iss)
                && !p.Windows.Any(w => IsOf(w, a) && Begun(w, a, p) && !(a.TimeGenerated >= w.TrustedUntil))
            )
            {
                var lags =
                    own.Count > 0
                    && p.Windows.Any(w =>
                        IsOf(w, a)
                        && Begun(w, a, p)
                        && a.TimeGenerated >= w.TrustedUntil
                        && a.TimeGenerated < w.TrustedUntil + p.VerifierCacheTime
                    );
                found.Add((lags ? Verdict.VerifierLag : Verdict.RetiredKey, a));
            }
        }

        foreach (
            var token in accesses
                .Where(a => a.Token is { Jti: not null, Iss.Length: > 0 })
                .GroupBy(a => (a.Token.Iss, a.Token.Jti, a.Token.SigningInputSha256))
                .Where(g => g.Any(a => a.InBatch))
        )
        {
            var addresses = token.Select(a => a.SrcIpAddr).OfType<string>().Distinct().ToList();
            if (addresses.Count > p.MaxAddressesPerToken || addresses.Select(Network).Distinct().Count() > p.MaxNetworksPerToken)
            {
                found.AddRange(token.Select(a => (Verdict.Shared, a)));
            }
        }

        return found
            .GroupBy(f => (f.Verdict, f.Access.Token, f.Access.SrcIpAddr))
            .Select(g => new Sighting(
                g.Key.Verdict,
                g.Key.Token,
                g.Key.SrcIpAddr,
                g.Min(f => f.Access.TimeGenerated),
                g.Max(f => f.Access.TimeGenerated),
                g.Select(f => (f.Access.TimeGenerated, f.Access.UserAgent, f.Access.Path, f.Access.StatusCode, f.Access.Gateway))
                    .Distinct()
                    .Count()
            ));
    }

    /// <summary>Of sightings that were seen earlier, by all issuances: a sighting is an access at its first time and one at its
    /// last.</summary>
    public static IEnumerable<Sighting> Again(TokenWorld world, IEnumerable<Sighting> seen) =>
        Sightings(world with { Accessed = Ends(seen) });

    /// <summary>The accesses that sightings keep.</summary>
    public static IReadOnlyList<Seen> Ends(IEnumerable<Sighting> seen) =>
        [
            .. seen.SelectMany(s =>
                    new[] { s.FirstSeen, s.LastSeen }.Select(at => new Seen(true, at, s.Token, s.SrcIpAddr, null, null, null, null))
                )
                .Distinct(),
        ];

    public static IEnumerable<IssuanceGap> Gaps(TokenWorld world)
    {
        foreach (var instance in world.Issued.GroupBy(i => (i.Iss, IssuerInstance: i.IssuerInstance ?? "")))
        {
            var numbered = instance
                .Where(i => i.Sequence is not null)
                .GroupBy(i => i.Sequence!.Value)
                .Select(g => (Sequence: g.Key, At: g.Min(i => i.TimeGenerated)))
                .OrderBy(l => l.Sequence)
                .ToList();
            foreach (var (before, behind) in numbered.Zip(numbered.Skip(1)).Where(s => s.Second.Sequence - s.First.Sequence > 1))
            {
                yield return new(
                    instance.Key.Iss,
                    instance.Key.IssuerInstance,
                    before.At,
                    behind.At,
                    behind.Sequence - before.Sequence - 1
                );
            }

            var times = instance.Select(i => i.TimeGenerated).Order().ToList();
            var (silence, pause) = (
                world.ArrivedUntilInMicroseconds - times[^1],
                times.Zip(times.Skip(1), (a, b) => b - a).DefaultIfEmpty(TimeSpan.Zero).Max()
            );
            if (silence > world.Parameters.MinSilence && silence > pause * 3)
            {
                yield return new(instance.Key.Iss, instance.Key.IssuerInstance, times[^1], null, null);
            }
        }
    }

    public static IEnumerable<IssuanceGap> SilentIssuers(TokenWorld world) =>
        world
            .Accessed.Where(a => !(a.TimeGenerated - a.Token.IssuedAt > world.Parameters.MaxTokenLifetime + world.Parameters.ClockSkew))
            .GroupBy(a => a.Token.Iss)
            .Where(a =>
                world.Issued.All(i => i.Iss != a.Key)
                && world.Parameters.Windows.Any(w =>
                    w.Iss == a.Key && (w.TrustedUntil is null || w.TrustedUntil > world.ArrivedUntilInMicroseconds)
                )
            )
            .Select(a => new IssuanceGap(
                a.Key,
                IssuanceGap.WholeIssuer,
                a.Min(s => s.TimeGenerated) - world.Parameters.MaxTokenLifetime,
                null,
                null
            ));

    private static bool Fits(Issue i, PresentedToken t)
    {
        if (i.SigningInputSha256 is not null && t.SigningInputSha256 is not null)
        {
            return i.SigningInputSha256 == t.SigningInputSha256;
        }

        return !(
            Differ(i.Kid, t.Kid)
            || Differ(i.Sub, t.Sub)
            || Differ(i.Aud, t.Aud)
            || Differ(i.IssuedAt, t.IssuedAt)
            || Differ(i.ExpiresAt, t.ExpiresAt)
        );

        static bool Differ<T>(T? a, T? b) => a is not null && b is not null && !a.Equals(b);
    }

    private static bool IsOf(KidWindow w, Seen a) => w.Iss == a.Token.Iss && w.Kid == a.Token.Kid;

    private static bool Begun(KidWindow w, Seen a, SweepParameters p) =>
        a.TimeGenerated >= w.TrustedFrom - p.ClockSkew && !(a.Token.IssuedAt > w.IssuedUntil);

    /// <summary>By the bytes of the address, not by its text.</summary>
    private static string Network(string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        return Convert.ToHexString(bytes[..(bytes.Length == 4 ? 3 : 6)]) + bytes.Length;
    }

    private static Seen Normal(Seen a) =>
        a with
        {
            SrcIpAddr = Plain(Text(a.SrcIpAddr)),
            UserAgent = Text(a.UserAgent),
            Token = a.Token with
            {
                Jti = Text(a.Token.Jti),
                Sub = Text(a.Token.Sub),
                SigningInputSha256 = a.Token.SigningInputSha256?.ToLowerInvariant(),
                IssuedAt = Whole(a.Token.IssuedAt),
                ExpiresAt = Whole(a.Token.ExpiresAt),
            },
        };

    private static Issue Normal(Issue i) =>
        i with
        {
            SigningInputSha256 = i.SigningInputSha256?.ToLowerInvariant(),
            Sub = Text(i.Sub),
            IssuedAt = Whole(i.IssuedAt),
            ExpiresAt = Whole(i.ExpiresAt),
        };

    private static string? Plain(string? address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4().ToString() : address;

    private static string? Text(string? text) => text is "" ? null : text;

    private static DateTimeOffset? Whole(DateTimeOffset? time) =>
        time is { } t ? new DateTimeOffset(t.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero) : null;
}
