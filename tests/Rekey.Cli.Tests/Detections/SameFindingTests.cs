using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Cli.Files;
using Rekey.Cli.Tests.Support;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.Rotations;
using Rekey.Tests.Detections.Logs;

namespace Rekey.Cli.Tests.Detections;

/// <summary>
/// Over the same logs the command line and the function app name the same findings: of every verdict, of issuers and kids that are ours
/// and of others.
/// </summary>
public sealed class SameFindingTests : IDisposable
{
    private const string Ours = "https://login.example";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_finding_has_the_id_that_the_app_gives_it()
    {
        // 1. What the app finds.
        var watch = await Watch.StartAsync(o => o.Sweeps.Mode = ResponseMode.Observe);
        var windows = await LogAsync(watch);
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(5));
        await watch.SweepAsync();
        var recorded = watch
            .Company.Findings.ById.Values.Where(f => f.Kind.StartsWith("tokens-", StringComparison.Ordinal))
            .ToDictionary(f => f.Id, f => $"{f.Kind}: {f.About}");
        var everything = Enum.GetValues<Verdict>()
            .SelectMany(v => AboutsOf(v, watch, windows).Select(about => $"{v.FindingKind()}: {about}"));
        Assert.Equal(everything.Order(StringComparer.Ordinal), recorded.Values.Order(StringComparer.Ordinal));

        // 2. What the command line finds in files with the same lines.
        WindowsFile.Write(_folder.Write("windows.json", ""), windows);
        _folder.Write("issued/i.ndjson", string.Concat(watch.Logs.Issued.Select(i => LineOf(i) + "\n")));
        _folder.Write("access/a.ndjson", string.Concat(watch.Logs.Accessed.Select(a => LineOf(a) + "\n")));
        var json = (await SweepAsync("json"))[0].GetProperty("campaigns").EnumerateArray().Select(c => c.GetProperty("findingId"));
        var sarif = (await SweepAsync("sarif"))[0]
            .GetProperty("runs")[0]
            .GetProperty("results")
            .EnumerateArray()
            .Select(r => r.GetProperty("partialFingerprints").GetProperty("rekeyFinding/v1"));
        var ocsf = (await SweepAsync("ocsf")).Select(f => f.GetProperty("finding_info").GetProperty("uid"));
        foreach (var ids in new[] { json, sarif, ocsf })
        {
            Assert.Equal(recorded.Keys.Order(StringComparer.Ordinal), ids.Select(i => i.GetString()!).Order(StringComparer.Ordinal));
        }
    }

    private async Task<IReadOnlyList<JsonElement>> SweepAsync(string format)
    {
        var run = await Tool.RunAsync(
            "sweep",
            "--issued",
            _folder["issued"],
            "--access",
            _folder["access"],
            "--windows",
            _folder["windows.json"],
            "--quiet",
            "--output",
            format
        );
        var documents =
            format == "ocsf" ? run.Ended(2).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[..^1] : [run.Ended(2).Output];
        return [.. documents.Select(d => JsonDocument.Parse(d).RootElement)];
    }

    /// <summary>Each verdict, of kids that are trusted, that were, that never were, and of issuers that are not governed.</summary>
    private static async Task<IReadOnlyList<KidWindow>> LogAsync(Watch watch)
    {
        var (old, honest) = (watch.Kid, watch.Token());
        watch.Issue(honest);
        var process = watch.Company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.DrainAsync();
        watch.Company.Clock.Advance(TimeSpan.FromMinutes(30));
        watch.Use(honest, after: TimeSpan.FromMinutes(30));
        (string Iss, string? Kid)[] signers =
        [
            (Ours, watch.Kid),
            (Ours, old),
            (Ours, "made-up"),
            (Ours, "made-up-too"),
            (Ours, null),
            ("https://partner.example", watch.Kid),
            ("https://other.example", null),
        ];
        foreach (var (iss, kid) in signers)
        {
            PresentedToken Token() => watch.Token(iss: iss) with { Kid = kid };
            watch.Use(Token());
            var altered = Token();
            watch.Issue(altered with { Sub = "somebody else", SigningInputSha256 = StableId.HexOf("another", altered.Jti!) });
            watch.Use(altered);
            var early = Token();
            watch.Issue(early);
            watch.Use(early, after: TimeSpan.FromMinutes(-20));
            watch.Use(Token() with { Jti = null });
            var malformed = Token() with { IssuedAt = null };
            watch.Issue(malformed with { IssuedAt = watch.Now });
            watch.Logs.Arrive(new SeenLine(watch.Now.AddMinutes(1), malformed, "203.0.113.9", MalformedClaims: "IssuedAt"));
            var shared = Token();
            watch.Issue(shared);
            for (var network = 0; network < 12; network++)
            {
                watch.Use(shared, $"203.0.{network}.1");
            }
        }

        return SweepWindows
            .Of(await process.TrustLedger.ReadAsync(default), watch.Company.GovernedKeys, watch.Company.Options.Trust)
            .Windows;
    }

    private static IEnumerable<string> AboutsOf(Verdict verdict, Watch watch, IReadOnlyList<KidWindow> windows)
    {
        var old = Assert.Single(windows, w => w.Kid != watch.Kid).Kid;
        return verdict switch
        {
            Verdict.VerifierLag => [$"{Ours}, kid {old}"],
            Verdict.RetiredKey => [$"{Ours}, kid {old}", $"{Ours}, kids that were never trusted"],
            _ =>
            [
                $"{Ours}, kid {watch.Kid}",
                $"{Ours}, kid {old}",
                $"{Ours}, kids that were never trusted",
                "issuers that are not governed",
            ],
        };
    }

    private static string LineOf(MintedLine i) =>
        new JsonObject
        {
            ["TimeGenerated"] = i.TimeGenerated.ToString("O"),
            ["Iss"] = i.Iss,
            ["Jti"] = i.Jti,
            ["Kid"] = i.Kid,
            ["Sub"] = i.Sub,
            ["Aud"] = i.Aud,
            ["IssuedAt"] = i.IssuedAt?.ToString("O"),
            ["ExpiresAt"] = i.ExpiresAt?.ToString("O"),
            ["SigningInputSha256"] = i.Hash,
        }.ToJsonString();

    private static string LineOf(SeenLine a) =>
        new JsonObject
        {
            ["TimeGenerated"] = a.TimeGenerated.ToString("O"),
            ["Iss"] = a.Token.Iss,
            ["Jti"] = a.Token.Jti,
            ["Kid"] = a.Token.Kid,
            ["Sub"] = a.Token.Sub,
            ["Aud"] = a.Token.Aud,
            ["IssuedAt"] = a.Token.IssuedAt?.ToString("O"),
            ["ExpiresAt"] = a.Token.ExpiresAt?.ToString("O"),
            ["SigningInputSha256"] = a.Token.SigningInputSha256,
            ["KeyThumbprint"] = a.Token.KeyThumbprint,
            ["SignatureVerified"] = a.Token.SignatureVerified,
            ["SrcIpAddr"] = a.Address,
            ["Gateway"] = a.Gateway,
            ["MalformedClaims"] = a.MalformedClaims,
        }.ToJsonString();
}
