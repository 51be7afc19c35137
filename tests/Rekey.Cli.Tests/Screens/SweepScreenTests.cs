using Rekey.Cli.Detections;
using Rekey.Cli.Output;
using Rekey.Cli.Tests.Support;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Tests.Screens;

/// <summary>What <c>rekey sweep</c> shows on a terminal, of logs that it has really read.</summary>
public sealed class SweepScreenTests
{
    private const string Forged = "sweep-forged";

    public static TheoryData<string, int, bool> All => ScreenFile.Each([Forged, "sweep-clean"]);

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_screen_is_as_its_file(string screen, int width, bool hasColour)
    {
        using var folder = new TemporaryFolder();
        folder.WriteHonest();
        if (screen is Forged)
        {
            folder.Write(
                "access/forged.ndjson",
                Line("7f3c6a52-9b1d-4d5c-8f0e-2a1b3c4d5e6f", "10:01:00", "alice", "192.0.2.7")
                    + Line("7f3c6a52-9b1d-4d5c-8f0e-2a1b3c4d5e6f", "10:03:00", "alice", "198.51.100.4")
                    + Line("c0ffee00-1111-4222-8333-444455556666", "10:02:00", "bob", "192.0.2.7")
            );
        }

        var result = await new FileSweep(new(TextWriter.Null, isTerminal: false), TimeProvider.System).RunAsync(
            new(
                new([folder["issued"]], [folder["access"]], LogMapping.None),
                new(),
                new(TimeSpan.FromDays(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), 3, 5, TimeSpan.FromHours(1), []),
                DetectionSet.Load(folder: null)
            ),
            each: null,
            TestContext.Current.CancellationToken
        );
        await ScreenFile.HoldAsync(screen, width, hasColour, console => TableOutput.Write(console, isNarrow: true, result));
    }

    private static string Line(string jti, string time, string sub, string address) =>
        $$"""
            {"TimeGenerated":"2026-03-01T{{time}}Z","Iss":"{{SmallLogs.Issuer}}","Jti":"{{jti}}",
            "Kid":"CRNRLTDt2TITkYpZQ0b3q7sX1uV5wE8rT6yU4iO2pA0",
            "Sub":"{{sub}}","SrcIpAddr":"{{address}}","IssuedAt":"2026-03-01T10:00:00Z","ExpiresAt":"2026-03-01T11:00:00Z"}
            """.ReplaceLineEndings("") + "\n";
}
