using CsCheck;
using Rekey.Detections;
using Rekey.Detections.Sweeps;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>Small worlds in which every kind of wrongness is likely: few values, so that what should match often does, and often does not
/// quite.</summary>
internal static class TokenWorldGen
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Iss = Of("https://a.example/", "https://b.example/");
    private static readonly Gen<string> SeenIss = Of(
        "https://a.example/",
        "https://a.example/",
        "https://b.example/",
        "https://b.example/",
        ""
    );
    private static readonly Gen<string?> Kid = Of<string?>("k1", "k1", "k1", "k2", "K1", null);
    private static readonly Gen<string?> Sub = Of<string?>("ann", "ann", "ann", "bob", "", null);
    private static readonly Gen<string?> Aud = Of<string?>("api", "api", "api", "api web", null);
    private static readonly Gen<string?> Hash = Of<string?>(
        null,
        null,
        new string('a', 64),
        new string('a', 64),
        new string('A', 64),
        new string('b', 64)
    );
    private static readonly Gen<string?> Address = Of<string?>(
        "192.0.2.1",
        "192.0.2.2",
        "::ffff:192.0.2.2",
        "::FFFF:192.0.2.9",
        "198.51.100.7",
        "203.0.113.9",
        "2001:db8::1",
        "2001:db8:0:1::2",
        "2001:db8:1::1",
        "::1",
        "",
        null
    );

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Minutes, sometimes with a fraction of a second.</summary>
    private static Gen<DateTimeOffset> Moment(int minutes) =>
        Gen.Select(Gen.Int[0, minutes], Of(0, 0, 0, 250), (m, ms) => Start.AddMinutes(m).AddMilliseconds(ms));

    private static Gen<DateTimeOffset?> Perhaps(Gen<DateTimeOffset> moment) =>
        Gen.Select(moment, Gen.Int[0, 9], (m, i) => i == 0 ? (DateTimeOffset?)null : m);

    private static Gen<DateTimeOffset?> IssuedAt => Perhaps(Of(0, 0, 0, 1, 30).Select(m => Start.AddMinutes(m)));

    private static Gen<DateTimeOffset?> ExpiresAt =>
        Perhaps(
            Gen.OneOf(
                Of(60, 60, 60, 90).Select(m => Start.AddMinutes(m)),
                Gen.Const(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero))
            )
        );

    private static readonly Gen<Issue> Issued =
        from at in Moment(120)
        from iss in Iss
        from jti in Gen.Int[1, 12]
        from kid in Kid
        from sub in Sub
        from aud in Aud
        from iat in IssuedAt
        from exp in ExpiresAt
        from hash in Hash
        from instance in Of<string?>("pod-1", "pod-2", "", null)
        from sequence in Gen.OneOf(Gen.Int[1, 12].Select(i => (long?)i), Gen.Const((long?)null))
        select new Issue(at, iss, $"j{jti}", kid, sub, aud, iat, exp, hash, instance, sequence);

    private static readonly Gen<Seen> Access =
        from inBatch in Gen.Int[0, 3]
        from at in Moment(240)
        from iss in SeenIss
        from jti in Gen.Int[0, 16]
        from kid in Kid
        from sub in Sub
        from aud in Aud
        from iat in IssuedAt
        from exp in ExpiresAt
        from hash in Hash
        from key in Of<string?>("tp1", "tp1", "tp2", null)
        from verified in Of((bool?)true, (bool?)true, (bool?)false, (bool?)null)
        from address in Address
        from agent in Of<string?>("ua", "", null)
        from path in Of("/a", "/b")
        from status in Of((long?)200, (long?)null)
        from known in Of((bool?)true, (bool?)false, (bool?)null, (bool?)null)
        from malformed in Of<string?>("IssuedAt", "Sub Aud", "", null, null, null)
        select new Seen(
            inBatch > 0,
            at,
            new(
                iss,
                jti == 0 ? null
                    : jti == 1 ? ""
                    : $"j{jti - 1}",
                // A line that names no token is no access.
                iss.Length == 0
                    ? kid ?? "k2"
                    : kid,
                sub,
                aud,
                iat,
                exp,
                hash,
                key,
                verified
            ),
            address,
            agent,
            path,
            status,
            "g",
            known,
            malformed
        );

    private static readonly Gen<KidWindow> Window =
        from iss in Iss
        from kid in Of("k1", "k2")
        from start in Gen.Int[-10, 120]
        from issued in Of((int?)null, (int?)0, (int?)10)
        from trusted in Of((int?)null, (int?)30, (int?)60)
        select new KidWindow(
            iss,
            kid,
            Start.AddMinutes(start),
            issued is { } i ? Start.AddMinutes(start + i) : null,
            trusted is { } t ? Start.AddMinutes(start + t) : null
        );

    private static readonly Gen<SweepParameters> Parameters =
        from skew in Of(0, 2, 10)
        from cache in Of(0, 15, 60)
        from networks in Gen.Int[0, 3]
        from addresses in Gen.Int[0, 4]
        from silence in Of(0, 1, 10, 45)
        from windows in Window.List[0, 5]
        select new SweepParameters(
            TimeSpan.FromDays(2),
            TimeSpan.FromMinutes(skew),
            TimeSpan.FromMinutes(cache),
            networks,
            addresses,
            TimeSpan.FromMinutes(silence),
            windows
        );

    /// <summary>Twins and near twins: an access that is its issuance but for one thing, a line that comes twice.</summary>
    public static readonly Gen<TokenWorld> World =
        from issued in Issued.List[0, 25]
        from accesses in Access.List[0, 40]
        from copies in Gen.Select(Gen.Int[0, 1000], Access).List[0, 40]
        from parameters in Parameters
        from until in Moment(360)
        from ticks in Of(0, 0, 1, 9, 10)
        select new TokenWorld(
            [.. issued, .. issued.Take(3)],
            [
                .. accesses,
                .. copies.Select(c => Twin(issued, c.Item1, c.Item2)),
                .. accesses.Take(4),
                .. accesses.Take(2).Select(a => a with { InBatch = !a.InBatch }),
            ],
            parameters,
            until.AddTicks(ticks)
        );

    private static Seen Twin(IReadOnlyList<Issue> issued, int pick, Seen odd)
    {
        if (issued.Count == 0)
        {
            return odd;
        }

        var (i, t) = (issued[pick % issued.Count], odd.Token);
        var twin = new PresentedToken(
            i.Iss,
            i.Jti,
            i.Kid,
            i.Sub,
            i.Aud,
            i.IssuedAt,
            i.ExpiresAt,
            i.SigningInputSha256,
            t.KeyThumbprint,
            t.SignatureVerified
        );
        return odd with
        {
            Token = (pick % 7) switch
            {
                0 => twin with { SigningInputSha256 = t.SigningInputSha256 },
                1 => twin with { Sub = t.Sub },
                2 => twin with { IssuedAt = t.IssuedAt },
                3 => twin with { Iss = t.Iss },
                4 => twin with { SigningInputSha256 = null, Kid = t.Kid },
                _ => twin,
            },
        };
    }
}
