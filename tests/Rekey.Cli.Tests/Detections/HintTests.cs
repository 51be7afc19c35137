using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Detections;

/// <summary>A verdict about most accesses is probably a mistake in the input: every format says so, with the option that mends
/// it.</summary>
public sealed class HintTests : IDisposable
{
    private static readonly string[] Formats = ["table", "json", "ndjson", "sarif", "ocsf"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unissued", "--suggest-map", "", "")]
    [InlineData("altered", "--map", ",\"Aud\":\"aa\"", ",\"Aud\":\"bb\"")]
    [InlineData("out-of-window", "--skew", "", ",\"IssuedAt\":\"2026-03-01T09:00:00Z\",\"ExpiresAt\":\"2026-03-01T09:05:00Z\"")]
    [InlineData("retired-key", "--windows", "", "")]
    [InlineData("unidentified", "--map", "", "")]
    [InlineData("shared", "--max-networks", "", "")]
    public async Task Every_verdict_has_one_in_every_format(string verdict, string option, string issued, string accepted)
    {
        string Line(string time, string? jti, string more) =>
            $$"""{"TimeGenerated":"2026-03-01T{{time}}Z","Iss":"{{SmallLogs.Issuer}}","Kid":"k"{{more}}"""
            + (jti is null ? "}\n" : $",\"Jti\":\"{jti}\"}}\n");
        var jti =
            verdict == "unidentified" ? null
            : verdict == "unissued" ? "other"
            : "j";
        _folder.Write("issued/i.ndjson", Line("10:00:00", "j", issued));
        _folder.Write(
            "access/a.ndjson",
            string.Concat(
                Enumerable
                    .Range(0, 12)
                    .Select(n => Line($"10:01:{n:00}", jti, verdict == "shared" ? $",\"SrcIpAddr\":\"203.0.{n}.1\"" : accepted))
            )
        );
        var window = $$"""[{"iss":"{{SmallLogs.Issuer}}","kid":"other","trustedFrom":"2026-01-01T00:00:00Z"}]""";
        string[] more = verdict == "retired-key" ? ["--windows", _folder.Write("w.json", window)] : [];
        foreach (var format in Formats)
        {
            var output = Words((await _folder.SweepAsync([.. more, "--output", format])).Output);
            var hint = output.IndexOf($"More than half of all accesses are {verdict}.", StringComparison.Ordinal);
            Assert.True(hint >= 0, output);
            Assert.Contains(option, output[hint..], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Half_is_not_more_than_half()
    {
        _folder.Write("issued/i.ndjson", SmallLogs.Issuance("honest"));
        _folder.Write("access/a.ndjson", SmallLogs.Access("honest") + SmallLogs.Access(SmallLogs.Forged));
        Assert.DoesNotContain("More than half", (await _folder.SweepAsync()).Ended(2).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://idp.example/", "https://idp.example/")]
    [InlineData("https://login.elsewhere.example", null)]
    public async Task An_issuer_without_a_window_is_not_judged_and_every_format_names_it(string windowed, string? near)
    {
        _folder.WriteHonest();
        var windows = _folder.Write("w.json", $$"""[{"iss":"{{windowed}}","kid":"k","trustedFrom":"2026-01-01T00:00:00Z"}]""");
        foreach (var format in Formats)
        {
            var run = (await _folder.SweepAsync("--windows", windows, "--output", format)).Ended(0);
            var output = Words(run.Output);
            Assert.Contains("were not judged (retired-key, verifier-lag)", output, StringComparison.Ordinal);
            Assert.Contains($"no window of: {SmallLogs.Issuer}", output, StringComparison.Ordinal);
            Assert.Equal(near is not null, output.Contains("did you mean this one?", StringComparison.Ordinal));
        }

        var table = Words((await _folder.SweepAsync("--windows", windows)).Ended(0).Output);
        Assert.Contains("retired-key - - not judged: no trust window is of an issuer in the logs", table, StringComparison.Ordinal);
        var some = _folder.Write("some.json", $$"""[{"iss":"{{SmallLogs.Issuer}}","kid":"k","trustedFrom":"2026-01-01T00:00:00Z"}]""");
        _folder.Write(
            "issued/other.ndjson",
            SmallLogs.Issuance("x").Replace(SmallLogs.Issuer, "https://second.example", StringComparison.Ordinal)
        );
        var part = Words((await _folder.SweepAsync("--windows", some)).Output);
        Assert.Contains("(not judged for 1 issuer(s))", part, StringComparison.Ordinal);
        Assert.Contains("no window of: https://second.example", part, StringComparison.Ordinal);
    }

    private static string Words(string output) => string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
