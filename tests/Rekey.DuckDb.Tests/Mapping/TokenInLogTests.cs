using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>A log with the token itself: its claims and the hash of its signing input are read, and the token is kept nowhere.</summary>
public sealed class TokenInLogTests : IDisposable
{
    private const string Signature = "c2lnbmF0dXJlLXRoYXQtbXVzdC1ub3QtYmUta2VwdA";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Forms =>
        new(
            from written in new[] { "{0}", "Bearer {0}", "bearer   {0} ", "DPoP {0}" }
            from extension in new[] { "ndjson", "csv", "array" }
            select (written, extension)
        );

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Claims_and_hash_are_taken_from_the_token(string written, string extension)
    {
        // Claims of every length, so that each padding of base64 occurs; ä and ÿ lead to - and _ of base64url.
        for (var i = 0; i < 6; i++)
        {
            var (subject, input) = ($"sub-äÿ{new string('?', i)}", "");
            var token = Token(
                """{"alg":"RS256","kid":"k1"}""",
                $$"""
                {"iss":"https://i/","jti":"j1","sub":"{{subject}}","aud":["b","a"],"iat":1790000000,"exp":1790003600,"azp":"web"}
                """
            );
            input = token[..token.LastIndexOf('.')];
            var text = written.Replace("{0}", token);
            _folder.Write(
                extension == "csv" ? "access/a.csv" : "access/a.ndjson",
                extension switch
                {
                    "csv" => $"at,auth\n1790000001,\"{text}\"\n",
                    "array" => $$"""{"at":1790000001,"auth":["{{text}}"]}""",
                    _ => $$"""{"at":1790000001,"auth":"{{text}}"}""",
                }
            );
            var seen = Assert.Single(
                await MappedFiles.AccessesAsync(
                    _folder,
                    """{ "GatewayAccess": { "token": "auth", "TimeGenerated": { "from": "at", "form": "epoch-seconds" } } }"""
                )
            );
            Assert.Equal(
                new(
                    "https://i/",
                    "j1",
                    "k1",
                    subject,
                    "a b",
                    DateTimeOffset.FromUnixTimeSeconds(1790000000),
                    DateTimeOffset.FromUnixTimeSeconds(1790003600),
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(input))),
                    null,
                    null
                ),
                seen.Token
            );
        }
    }

    [Fact]
    public async Task A_column_that_the_map_names_wins()
    {
        _folder.Write("access/a.ndjson", $$"""{"auth":"{{Token("{}", """{"iss":"x","jti":"j1","sub":"claimed"}""")}}","user":"logged"}""");
        var seen = Assert.Single(
            await MappedFiles.AccessesAsync(
                _folder,
                """
                { "GatewayAccess": { "token": "auth", "Sub": "user", "Iss": { "constant": "i" },
                  "TimeGenerated": { "constant": "2026-03-01T10:00:00Z" } } }
                """
            )
        );
        Assert.Equal(("i", "j1", "logged"), (seen.Token.Iss, seen.Token.Jti, seen.Token.Sub));
    }

    [Theory]
    [InlineData("opaque-token-without-dots")]
    [InlineData("Bearer eyJhbGciOiJSUzI1NiJ9.not*base64.x")]
    [InlineData("Bearer eyJhbGciOiJSUzI1NiJ9.AAAA.x")]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==")]
    [InlineData("")]
    public async Task What_is_no_token_names_none_and_is_not_kept(string auth)
    {
        _folder.Write(
            "access/a.ndjson",
            $$"""
            {"TimeGenerated":"2026-03-01T10:00:00Z","auth":"{{auth}}","note":"n"}
            {"TimeGenerated":"2026-03-01T10:00:00Z","auth":"{{Token("""{"kid":"k"}""", """{"iss":"i","jti":"j"}""")}}"}
            """
        );
        await using var logs = await ReadAsync("access/a.ndjson");
        // The hash of what only looks like a token names it.
        Assert.Equal(auth.Contains("AAAA", StringComparison.Ordinal) ? (2, 0) : (1, 1), (logs.Access.Rows, logs.Access.BadLines));
        AssertKeptNowhere(auth);
    }

    [Theory]
    [InlineData("""{"TimeGenerated":"2026-03-01T10:00:00Z","auth":"{0}" broken""", "ndjson")]
    [InlineData("""{"auth":{"nested":"{0}"}}""", "ndjson")]
    [InlineData("""{"other":"{0}"}""", "ndjson")]
    [InlineData("x,{0},too,many,fields", "csv")]
    [InlineData(",,{0}", "csv")]
    public async Task A_bad_line_is_kept_without_its_token(string line, string extension)
    {
        var token = Token("""{"alg":"none"}""", """{"sub":"a"}""");
        var good = Token("""{"kid":"k"}""", """{"iss":"i","jti":"j"}""");
        _folder.Write(
            $"access/a.{extension}",
            extension == "csv"
                ? $"TimeGenerated,auth,other\n2026-03-01T10:00:00Z,{good},\n{line.Replace("{0}", token)}\n"
                : $$"""{"TimeGenerated":"2026-03-01T10:00:00Z","auth":"{{good}}"}""" + $"\n{line.Replace("{0}", token)}\n"
        );
        await using var logs = await ReadAsync($"access/a.{extension}");
        AssertKeptNowhere(token);
        Assert.All(logs.Access.Sample, s => Assert.DoesNotContain(Signature, $"{s.Text} {s.Reason}"));
    }

    /// <summary>A header may begin with white space, and the end of the token may be cut off.</summary>
    [Theory]
    [InlineData(" ", false)]
    [InlineData("\t\r\n", false)]
    [InlineData("", true)]
    [InlineData(" ", true)]
    public async Task A_bad_line_is_kept_without_any_token_wherever_it_stands(string space, bool isCut)
    {
        var token =
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(space + """{"alg":"ES256"}"""))}.{Part("""{"sub":"a"}""")}.{Signature}";
        token = isCut ? token[..token.LastIndexOf('.')] : token;
        _folder.Write(
            "access/a.ndjson",
            $$"""
            {"TimeGenerated":"2026-03-01T10:00:00Z","auth":"{{Token("{}", """{"iss":"i","jti":"j"}""")}}"}
            {"other":"{{token}}"}
            """
        );
        await using var logs = await ReadAsync("access/a.ndjson");
        Assert.Equal(1, logs.Access.BadLines);
        AssertKeptNowhere(token);
        Assert.All(logs.Access.Sample, s => Assert.DoesNotContain(token, $"{s.Text} {s.Reason}"));
    }

    private void AssertKeptNowhere(string token)
    {
        if (token.Length == 0 || !Directory.Exists(_folder.File("quarantine")))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(_folder.File("quarantine"), "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain(Signature, text);
            Assert.DoesNotContain(token, text);
        }
    }

    private Task<LogFiles> ReadAsync(string file)
    {
        _folder.Write("issued/none.ndjson", "");
        return LogFiles.OpenAsync(
            new(
                [_folder.File("issued")],
                [_folder.File(file)],
                LogMapping.Parse("""{ "GatewayAccess": { "token": "auth" } }""", "m"),
                new FolderQuarantine(_folder.File("quarantine"))
            ),
            CaseEngine.Options,
            null,
            TestContext.Current.CancellationToken
        );
    }

    private static string Token(string header, string claims) => $"{Part(header)}.{Part(claims)}.{Signature}";

    private static string Part(string json) =>
        Convert
            .ToBase64String(Encoding.UTF8.GetBytes(JsonDocument.Parse(json).RootElement.GetRawText()))
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');
}
