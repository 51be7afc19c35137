using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Output;

/// <summary>No control, format, line-separator or paragraph-separator character of a log or of a file's name reaches any output.</summary>
public sealed class UnsafeCharacterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string[]> Outputs =>
        new(
            ["--output", "table"],
            ["--output", "json"],
            ["--output", "ndjson"],
            ["--output", "sarif"],
            ["--output", "ocsf"],
            ["--suggest-map"],
            ["--explain", "JTI"],
            ["--windows", "WINDOWS"],
            ["--out-file", "FILE"]
        );

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task None_reaches_standard_output_or_standard_error(string[] more)
    {
        var all = string.Concat(Unsafe());
        var name = string.Concat(Unsafe().Where(c => c != "\0").Take(60)) + "\u2028\u202E\u200B";
        var jti = $"jti-{all.Replace("\0", "", StringComparison.Ordinal)}";
        _folder.Write(
            "issued/i.ndjson",
            Line("10:00:00", "honest", "k")
                + Line("10:00:00", "j2", "k", iss: $"https://other{all}")
                + $"{{broken {all.Replace('\n', ' ')}\n"
        );
        _folder.Write(
            "access/a.ndjson",
            Line("10:01:00", "honest", "k") + Line("10:01:00", jti, $"k{all}") + Line("10:01:00", "x", $"k{all}", iss: $"https://i{all}")
        );
        _folder.Write($"access/bad{name}.ndjson", $"no json {all}\n");
        _folder.Write($"access/other{name}.txt", "text");
        _folder.Write($"access/column{name}.csv", $"TimeGenerated,Iss,Jti,a{name.Replace('\n', ' ')}\nx,y,z,w\n");
        var windows = _folder.Write(
            "w.json",
            JsonSerializer.Serialize(
                new[]
                {
                    new
                    {
                        iss = $"https://other{all}x",
                        kid = "k",
                        trustedFrom = "2026-01-01T00:00:00Z",
                    },
                }
            )
        );
        var run = await _folder.SweepAsync([
            .. more.Select(m =>
                m switch
                {
                    "JTI" => jti,
                    "WINDOWS" => windows,
                    "FILE" => _folder[$"found{name}"],
                    _ => m,
                }
            ),
        ]);
        Safe(run.Output);
        Safe(run.Error);
        // The broken line may be the issuance of the explained token.
        Assert.InRange(
            run.ExitCode,
            more[0] switch
            {
                "--suggest-map" => 0,
                "--explain" => 1,
                _ => 2,
            },
            2
        );
        if (more is ["--output", "json"])
        {
            // Escaped, not lost.
            var sightings = JsonDocument.Parse(run.Output).RootElement.GetProperty("sightings").EnumerateArray();
            Assert.Contains(jti, sightings.Select(s => s.GetProperty("jti").GetString()));
        }
    }

    [Fact]
    public async Task None_of_an_error_message_does()
    {
        var name = "\u001b]0;owned\u0007\u2028error: forged\u202E";
        foreach (
            var arguments in new string[][]
            {
                ["sweep", "--issued", $"{_folder.Path}/{name}", "--access", "x"],
                ["sweep", $"--{name}", "x"],
                ["sweep", "--issued", "x", $"--{name}"],
                ["sweep", "--output", name],
                [name],
                ["access", "--export", $"{_folder.Path}/{name}"],
                ["access", "--vault", name],
            }
        )
        {
            var run = (await Tool.RunAsync(arguments)).Ended(1);
            Safe(run.Output);
            Safe(run.Error);
            Assert.Contains("error: ", run.Error, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Unsafe() =>
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(c => new Rune(c)).Where(IsUnsafe).Select(r => r.ToString());

    private static bool IsUnsafe(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    private static void Safe(string text) =>
        Assert.Empty(text.EnumerateRunes().Where(r => IsUnsafe(r) && r.Value != '\n').Select(r => $"U+{r.Value:X4}").Distinct());

    private static string Line(string time, string jti, string kid, string iss = SmallLogs.Issuer) =>
        new JsonObject
        {
            ["TimeGenerated"] = $"2026-03-01T{time}Z",
            ["Iss"] = iss,
            ["Jti"] = jti,
            ["Kid"] = kid,
            ["Sub"] = kid,
            ["Path"] = kid,
        }.ToJsonString() + "\n";
}
