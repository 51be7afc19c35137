using System.IO.Compression;
using System.Text;
using CsCheck;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.Tests.Support;

namespace Rekey.DuckDb.Tests.Files;

/// <summary>
/// One truth in files of any format, with any damage. A forged token is found whatever its line has besides its <c>jti</c>. No damage
/// makes an honest token a forged one: at most it is unsure, because its issuance may be in what cannot be read.
/// </summary>
public sealed class AnyDamageTests
{
    private const int Tokens = 60;

    /// <summary>Damage of a whole file.</summary>
    private enum FileDamage
    {
        None,
        Utf8Mark,
        Utf16,
        Utf16BigEndian,
        Gzip,
        GzipOfMembers,
        TruncatedGzip,
        GzipAndJunk,
        CutLine,
    }

    private static readonly Gen<FileDamage> AnyFileDamage = Gen.Enum<FileDamage>();

    /// <summary>What a client or a forger chooses in their line: the raw text of a JSON string.</summary>
    private static readonly Gen<(string Member, string Value)> Chosen = Of(
        ("UserAgent", "\"a \\x22 quote\""),
        ("UserAgent", "\"a \u0001 control\""),
        ("UserAgent", "\"c:\\qemu\""),
        ("UserAgent", "\"\\ud800\""),
        ("Sub", "\"\\udc00\""),
        ("Sub", "{\"a\":[1]}"),
        ("Sub", "17"),
        ("IssuedAt", "\"x\""),
        ("IssuedAt", "{}"),
        ("ExpiresAt", "\"never\""),
        ("ExpiresAt", "-"),
        ("StatusCode", "\"-\""),
        ("StatusCode", "NaN"),
        ("SignatureVerified", "\"perhaps\""),
        ("Kid", "\"\\ud800k\"")
    );

    private static readonly Gen<string> Junk = Of(
        "not JSON",
        "{\"Iss\":",
        "[1,2]",
        new string('x', 3 << 20),
        "{\"UserAgent\":\"" + new string('y', 20 << 20) + "\"}"
    );

    [Fact]
    public Task Every_forged_token_is_found_and_no_honest_one_is_taken_for_one() =>
        (
            from forged in Gen.Select(Gen.Int[0, Tokens - 1], Chosen).List[1, 5]
            from json in Gen.Bool
            from issuedDamage in AnyFileDamage
            from accessDamage in AnyFileDamage
            from issuedJunk in Gen.Select(Gen.Int[0, Tokens], Junk).List[0, 2]
            from accessJunk in Gen.Select(Gen.Int[0, Tokens], Junk).List[0, 1]
            select (forged, json, issuedDamage, accessDamage, issuedJunk, accessJunk)
        ).SampleAsync(
            async world =>
            {
                using var folder = new TempFolder();
                var forged = world.forged.Select(f => f.Item1).ToHashSet();
                Write(
                    folder,
                    "issued/i",
                    world.issuedDamage,
                    world.issuedJunk,
                    [.. Enumerable.Range(0, Tokens).Where(i => !forged.Contains(i)).Select(i => Line(i, TimeSpan.Zero))],
                    world.json
                );
                Write(
                    folder,
                    "access/a",
                    world.accessDamage is FileDamage.TruncatedGzip or FileDamage.CutLine ? FileDamage.Gzip : world.accessDamage,
                    world.accessJunk,
                    [
                        .. Enumerable
                            .Range(0, Tokens)
                            .Select(i =>
                                Line(
                                    i,
                                    TimeSpan.FromSeconds(30),
                                    [.. world.forged.Where(f => f.Item1 == i).Select(f => f.Item2).DistinctBy(c => c.Member)]
                                )
                            ),
                    ],
                    world.json
                );

                await using var logs = await LogFiles.OpenAsync(
                    new([folder.File("issued")], [folder.File("access")], LogMapping.None),
                    CaseEngine.Options,
                    null,
                    CancellationToken.None
                );
                var seen = await SampleFiles.JudgeAsync(logs);
                var unissued = seen.Where(s => s.Verdict is Verdict.Unissued).ToList();
                Assert.Equal(forged.Select(Jti).Order(), unissued.Select(s => s.Token.Jti!).Intersect(forged.Select(Jti)).Order());
                Assert.All(unissued.Where(s => !forged.Select(Jti).Contains(s.Token.Jti)), s => Assert.True(s.IsUnsure, s.ToString()));
                Assert.DoesNotContain(seen, s => s.Verdict is Verdict.Altered);
                if (
                    world.issuedJunk.Count == 0
                    && world.issuedDamage is not (FileDamage.TruncatedGzip or FileDamage.CutLine or FileDamage.GzipAndJunk)
                )
                {
                    Assert.All(unissued, s => Assert.False(s.IsUnsure));
                }
            },
            iter: Runs.Of(12),
            threads: 1
        );

    private static string Jti(int token) => $"jti-{token}";

    private static string Line(int token, TimeSpan later, params (string Member, string Value)[] chosen)
    {
        var at = SampleFiles.At("10:00:00").AddMinutes(token) + later;
        var members = new Dictionary<string, string>
        {
            ["UserAgent"] = "\"agent\"",
            ["TimeGenerated"] = $"\"{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
            ["IssuedAt"] = $"\"{at - later:yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
            ["ExpiresAt"] = $"\"{at - later + TimeSpan.FromHours(1):yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
            ["Sub"] = "\"Ann Müller\"",
            ["Iss"] = $"\"{SampleFiles.Issuer}\"",
            ["Jti"] = $"\"{Jti(token)}\"",
        };
        foreach (var (member, value) in chosen)
        {
            members[member] = value;
        }

        return $"{{{string.Join(",", members.Select(m => $"\"{m.Key}\":{m.Value}"))}}}";
    }

    private static void Write(
        TempFolder folder,
        string name,
        FileDamage damage,
        IReadOnlyList<(int At, string Line)> junk,
        List<string> lines,
        bool json
    )
    {
        foreach (var (at, line) in junk)
        {
            lines.Insert(Math.Min(at, lines.Count), line);
        }

        var (text, utf8) = (string.Join('\n', lines) + "\n", new UTF8Encoding(false));
        byte[] bytes = damage switch
        {
            FileDamage.Utf8Mark => [0xEF, 0xBB, 0xBF, .. utf8.GetBytes(text)],
            FileDamage.Utf16 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
            FileDamage.Utf16BigEndian => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)],
            FileDamage.Gzip => Gzip(utf8.GetBytes(text)),
            FileDamage.GzipOfMembers => [.. Gzip(utf8.GetBytes(text)[..777]), .. Gzip(utf8.GetBytes(text)[777..])],
            FileDamage.TruncatedGzip => Gzip(utf8.GetBytes(text)) is var packed ? packed[..(packed.Length * 2 / 3)] : [],
            FileDamage.GzipAndJunk => [.. Gzip(utf8.GetBytes(text)), 1, 2, 3],
            FileDamage.CutLine => utf8.GetBytes(text)[..^40],
            _ => utf8.GetBytes(text),
        };
        var path = folder.Write($"{name}.{(json ? "json" : "ndjson")}{(IsGzip(damage) ? ".gz" : "")}", "");
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, SampleFiles.At("11:30:00").UtcDateTime);
    }

    private static bool IsGzip(FileDamage damage) =>
        damage is FileDamage.Gzip or FileDamage.GzipOfMembers or FileDamage.TruncatedGzip or FileDamage.GzipAndJunk;

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
