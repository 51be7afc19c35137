using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;
using Rekey.Tests.Support;

namespace Rekey.DuckDb.Tests.Forms;

/// <summary>One truth, honest and forged, is written in any mix of forms on each side: the findings are the truth, and each token and
/// address in them is in its one form.</summary>
public sealed class AnyFormPropertyTests
{
    /// <summary>What is true of a token, and what was altered.</summary>
    private enum Kind
    {
        Honest,
        Unissued,
        OtherSubject,
        OtherAudience,
        OtherIssuedAt,
        OtherExpiry,
        OtherHash,
        Expired,
        Shared,
    }

    /// <param name="Forms">Chooses the form of each value.</param>
    private sealed record Use(Kind Kind, int Number, bool IssuerLogsHash, bool GatewayLogsHash, bool IsV6, int Forms)
    {
        public string Jti => $"j{Number}";

        public string[] Audiences => [.. new[] { "https://api.example/", "web", "Zed", "ünïcode" }.Take(1 + Number % 4)];

        public DateTimeOffset IssuedAt => Start.AddMinutes(Number);

        public DateTimeOffset ExpiresAt => IssuedAt.AddHours(1);

        public DateTimeOffset UsedAt =>
            Kind is Kind.Expired ? ExpiresAt.AddHours(1).AddMilliseconds(250) : IssuedAt.AddMinutes(5).AddMilliseconds(250);

        public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Jti));

        public string Address(int n) =>
            Kind is not Kind.Shared ? Address0
            : IsV6 ? $"2001:db8:{n + 1:x}::a"
            : $"192.0.{n}.9";

        private string Address0 => IsV6 ? $"2001:db8::{Number:x}" : $"192.0.2.{Number}";
    }

    private sealed record Logs(string IssuedFormat, string AccessFormat, string? IssuedZone, string? AccessZone, Use[] Uses)
    {
        public override string ToString() =>
            $"{IssuedFormat} {IssuedZone} / {AccessFormat} {AccessZone}\n{string.Join('\n', Uses.Select(u => u.ToString()))}";
    }

    private const int Accesses = 12;
    private static readonly DateTimeOffset Start = new(2026, 9, 22, 1, 2, 3, TimeSpan.Zero);
    private static readonly Gen<string> Format = Of("ndjson", "json", "csv", "parquet");
    private static readonly Gen<string?> Zone = Of<string?>(null, null, "Europe/Berlin", "Asia/Kolkata", "America/St_Johns");

    private static readonly Gen<Use[]> Uses =
        from kinds in Gen.Enum<Kind>().Array[2, 7]
        from hashes in Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool).Array[kinds.Length]
        from forms in Gen.Int[0, int.MaxValue].Array[kinds.Length]
        select kinds
            .Select(
                (kind, i) =>
                    new Use(
                        kind,
                        i + 1,
                        kind is Kind.OtherHash || (hashes[i].Item1 && !IsOfColumns(kind)),
                        kind is Kind.OtherHash || hashes[i].Item2,
                        hashes[i].Item3,
                        forms[i]
                    )
            )
            .ToArray();

    private static readonly Gen<Logs> Any =
        from issued in Format
        from access in Format
        from issuedZone in Zone
        from accessZone in Zone
        from uses in Uses
        select new Logs(issued, access, issuedZone, accessZone, uses);

    [Fact]
    public Task Findings_are_the_truth_in_any_mix_of_forms() =>
        Any.SampleAsync(async logs => Assert.Equal(Truth(logs), await FoundAsync(logs)), iter: Runs.Of(12), threads: 1);

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool IsOfColumns(Kind kind) => kind is Kind.OtherSubject or Kind.OtherAudience or Kind.OtherIssuedAt or Kind.OtherExpiry;

    private static IEnumerable<string> Truth(Logs logs) =>
        logs
            .Uses.Where(u => u.Kind is not Kind.Honest)
            .SelectMany(u =>
                Enumerable
                    .Range(0, Accesses)
                    .Select(u.Address)
                    .Distinct()
                    .Select(address =>
                        Row(
                            u.Kind switch
                            {
                                Kind.Unissued => Verdict.Unissued,
                                Kind.Expired => Verdict.OutOfWindow,
                                Kind.Shared => Verdict.Shared,
                                _ => Verdict.Altered,
                            },
                            u.Jti,
                            Sub(u),
                            string.Join(' ', Audiences(u).Order(StringComparer.Ordinal)),
                            IssuedAt(u),
                            ExpiresAt(u),
                            u.GatewayLogsHash ? Convert.ToHexStringLower(Hash(u)) : null,
                            address,
                            u.UsedAt
                        )
                    )
            )
            .Order(StringComparer.Ordinal);

    private static async Task<IEnumerable<string>> FoundAsync(Logs logs)
    {
        using var folder = new TempFolder();
        folder.Write("issued/none.ndjson", "");
        if (logs.Uses.Where(u => u.Kind is not Kind.Unissued).Select(u => Issued(u, logs.IssuedZone)).ToList() is { Count: > 0 } issued)
        {
            FormFiles.Write(folder, "issued/i", logs.IssuedFormat, issued);
        }

        FormFiles.Write(
            folder,
            "access/a",
            logs.AccessFormat,
            [.. logs.Uses.SelectMany(u => Enumerable.Range(0, Accesses).Select(n => Accessed(u, n, logs.AccessZone)))]
        );
        var mapping = $$"""{ "TokenIssuance": {{Mapped(logs.IssuedZone)}}, "GatewayAccess": {{Mapped(logs.AccessZone)}} }""";
        await using var opened = await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("access")], LogMapping.Parse(mapping, "m")),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        return (await SampleFiles.JudgeAsync(opened))
            .Select(s =>
                Row(
                    s.Verdict,
                    s.Token.Jti,
                    s.Token.Sub,
                    s.Token.Aud,
                    s.Token.IssuedAt,
                    s.Token.ExpiresAt,
                    s.Token.SigningInputSha256,
                    s.SrcIpAddr,
                    s.FirstSeen
                )
            )
            .Order(StringComparer.Ordinal);
    }

    private static Dictionary<string, object?> Issued(Use use, string? zone)
    {
        var choose = new Random(use.Forms);
        return new()
        {
            ["TimeGenerated"] = Time(use.IssuedAt, zone, choose),
            ["Iss"] = "https://idp.example/",
            ["Jti"] = use.Jti,
            ["Sub"] = "ann",
            ["Aud"] = One(WrittenForms.Audiences(use.Audiences), choose),
            ["IssuedAt"] = Time(use.IssuedAt, zone, choose),
            ["ExpiresAt"] = Time(use.ExpiresAt, zone, choose),
            ["SigningInputSha256"] = use.IssuerLogsHash ? One(WrittenForms.Hashes(use.Hash), choose) : "-",
        };
    }

    private static Dictionary<string, object?> Accessed(Use use, int n, string? zone)
    {
        var choose = new Random(unchecked(use.Forms + n + 1));
        return new()
        {
            ["TimeGenerated"] = Time(use.UsedAt, zone, choose),
            ["Iss"] = "https://idp.example/",
            ["Jti"] = use.Jti,
            ["Sub"] = Sub(use),
            ["Aud"] = One(WrittenForms.Audiences(Audiences(use)), choose),
            ["IssuedAt"] = Time(IssuedAt(use), zone, choose),
            ["ExpiresAt"] = Time(ExpiresAt(use), zone, choose),
            ["SigningInputSha256"] = use.GatewayLogsHash ? One(WrittenForms.Hashes(Hash(use)), choose) : "-",
            ["SrcIpAddr"] = One(WrittenForms.Addresses(use.Address(n), 40_000 + n), choose),
        };
    }

    private static string Sub(Use use) => use.Kind is Kind.OtherSubject ? "mallory" : "ann";

    private static string[] Audiences(Use use) => use.Kind is Kind.OtherAudience ? [.. use.Audiences, "other"] : use.Audiences;

    private static DateTimeOffset IssuedAt(Use use) => use.Kind is Kind.OtherIssuedAt ? use.IssuedAt.AddMinutes(-1) : use.IssuedAt;

    private static DateTimeOffset ExpiresAt(Use use) => use.Kind is Kind.OtherExpiry ? use.ExpiresAt.AddDays(1) : use.ExpiresAt;

    private static byte[] Hash(Use use) => use.Kind is Kind.OtherHash ? SHA256.HashData(use.Hash) : use.Hash;

    private static object Time(DateTimeOffset time, string? zone, Random choose) =>
        One(WrittenForms.Times(time, zone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(zone)), choose);

    private static T One<T>(IReadOnlyList<T> forms, Random choose) => forms[choose.Next(forms.Count)];

    private static string Mapped(string? zone) =>
        zone is null
            ? "{}"
            : $"{{{string.Join(", ", new[] { "TimeGenerated", "IssuedAt", "ExpiresAt" }.Select(c => $$"""
                "{{c}}": { "from": "{{c}}", "timeZone": "{{zone}}" }
                """))}}}";

    private static string Row(
        Verdict verdict,
        string? jti,
        string? sub,
        string? aud,
        DateTimeOffset? iat,
        DateTimeOffset? exp,
        string? hash,
        string? address,
        DateTimeOffset seen
    ) => $"{verdict} {jti} {sub} [{aud}] {iat:O} {exp:O} {hash} {address} {seen:O}";
}
