using Rekey.AspNetCore.Tests.Support;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.AspNetCore.Tests.AccessLogs;

/// <summary>A sweep reads the gateway's files as they are, without a map, and sees their gaps.</summary>
public sealed class SweptFilesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sweep_finds_the_forged_token_and_reports_the_gap()
    {
        await using var world = await GatewayWorld.StartAsync();
        var log = Directory.CreateDirectory(Path.Combine(world.Folder, "log")).FullName;
        await File.WriteAllTextAsync(Path.Combine(log, "writing"), "", Cancel);
        var gateway = await world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(world.Issuer.Mint(TestIssuer.Claims(jti: "\"honest\""))));
        Assert.True(await gateway.AcceptsAsync(world.Issuer.Mint(TestIssuer.Claims(jti: "\"forged\""))));
        Assert.False(await gateway.AcceptsAsync(new TestIssuer().Mint(TestIssuer.Claims(jti: "\"refused\""))));
        await gateway.DisposeAsync();
        var issued = Path.Combine(world.Folder, "issued.ndjson");
        await File.WriteAllTextAsync(
            issued,
            $$"""{"TimeGenerated":"2027-03-01T08:59:00Z","Iss":"{{TestIssuer.Issuer}}","Jti":"honest","IssuedAt":"2027-03-01T08:59:00Z"}""",
            Cancel
        );

        await using var logs = await LogFiles.OpenAsync(
            new([issued], [Path.Combine(log, "GatewayAccess")], LogMapping.None),
            new DuckDbOptions { MemoryLimitBytes = 256_000_000, Threads = 1 },
            progress: null,
            Cancel
        );
        Assert.Equal((2, 0, 1), (logs.Access.Rows, logs.Access.DamagedLines, logs.Access.BadLines));
        var gap = Assert.Single(logs.Access.Sample);
        Assert.Contains("names no token", gap.Reason, StringComparison.Ordinal);
        Assert.Contains("\"killed\"", gap.Text, StringComparison.Ordinal);

        var unissued = DetectionCatalog.LoadSql().Single(d => d.Id == "unissued");
        var parameters = new SweepParameters(
            TimeSpan.FromHours(1),
            TimeSpan.FromMinutes(2),
            TimeSpan.FromHours(1),
            3,
            10,
            TimeSpan.FromMinutes(10),
            []
        );
        var found = Assert.Single(await logs.DetectAsync(unissued, parameters, Cancel).ToListAsync(Cancel));
        Assert.Equal(("forged", true, world.Issuer.Kid), (found.Token.Jti, found.Token.SignatureVerified, found.Token.KeyThumbprint));
    }
}
