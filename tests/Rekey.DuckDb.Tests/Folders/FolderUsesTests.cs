using Rekey.Detections.Accesses;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>Which gateways accepted a token, by their files.</summary>
public sealed class FolderUsesTests : IDisposable
{
    private readonly FolderHouse _house = new();

    private DateTimeOffset Now => _house.Time.GetUtcNow();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task Each_gateway_has_its_accesses_with_the_first_and_the_last_time()
    {
        _house.Write("access/a.ndjson", Line("x", "edge", -50), Line("x", "edge", -30), Line("y", "edge", -20), Line("x", "old", -90));
        _house.Write("access/b.ndjson", Line("x", "api", -40), Line("x", gateway: null, -10));
        using var log = _house.Start();
        var uses = await log.UsesAsync(new("i", "x", null), Now.AddMinutes(-60), default);
        Assert.True(uses.IsWhole);
        Assert.Equal(
            [
                new("edge", Now.AddMinutes(-50), Now.AddMinutes(-30), 2),
                new("", Now.AddMinutes(-10), Now.AddMinutes(-10), 1),
                At("api", -40),
            ],
            uses.Gateways
        );
        Assert.Empty((await log.UsesAsync(new("another", "x", null), Now.AddMinutes(-60), default)).Gateways);
    }

    [Fact]
    public async Task What_was_not_read_is_said()
    {
        _house.Write("access/a.ndjson", Line("x", "edge", -50));
        _house.Write("access/b.ndjson", Line("x", "api", -40), "{ half a line");
        using (var log = _house.Start())
        {
            var uses = await log.UsesAsync(new("i", "x", null), Now.AddMinutes(-60), default);
            Assert.False(uses.IsWhole);
            Assert.Equal(2, uses.Gateways.Count);
        }

        // No more files than a batch has, the newest first.
        _house.Stamp(_house.Write("access/a.ndjson", Line("x", "edge", -50)), TimeSpan.FromMinutes(1));
        _house.Write("access/b.ndjson", Line("x", "api", -40));
        _house.Options.MaxFiles = 1;
        using var bounded = _house.Start();
        var part = await bounded.UsesAsync(new("i", "x", null), Now.AddMinutes(-60), default);
        Assert.False(part.IsWhole);
        Assert.Equal([At("api", -40)], part.Gateways);
    }

    [Fact]
    public async Task The_person_who_asks_learns_the_span_or_why_gateways_are_unknown()
    {
        _house.Write("access/a.ndjson", Line("x", "edge", -50));
        using var log = _house.Start();
        var seen = await new FindUses(_house.Time, log).FindAsync(new("i", "x", null), default);
        Assert.Equal((Now.AddDays(-7), Now, null), (seen.Since, seen.At, seen.UnknownBecause));
        Assert.Equal([At("edge", -50)], seen.Gateways);

        Directory.Delete(_house.Options.AccessFolder, recursive: true);
        seen = await new FindUses(_house.Time, log).FindAsync(new("i", "x", null), default);
        Assert.Null(seen.Gateways);
        Assert.Contains("could not be read", seen.UnknownBecause, StringComparison.Ordinal);

        seen = await new FindUses(_house.Time).FindAsync(new("i", "x", null), default);
        Assert.Null(seen.Gateways);
        Assert.Contains("No log of accesses is connected", seen.UnknownBecause, StringComparison.Ordinal);
    }

    private GatewayUse At(string gateway, int minutes) => new(gateway, Now.AddMinutes(minutes), Now.AddMinutes(minutes), 1);

    private string Line(string jti, string? gateway, int minutes)
    {
        var (name, at) = (gateway is null ? "null" : $"\"{gateway}\"", $"{Now.AddMinutes(minutes):yyyy-MM-ddTHH:mm:ssZ}");
        return $$"""{"TimeGenerated":"{{at}}","Iss":"i","Jti":"{{jti}}","Sub":"s","Gateway":{{name}}}""";
    }
}
