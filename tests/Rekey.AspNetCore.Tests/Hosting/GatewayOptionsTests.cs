using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rekey.AspNetCore.Tests.Support;

namespace Rekey.AspNetCore.Tests.Hosting;

/// <summary>A wrong setting stops the start, and the message names it.</summary>
public sealed class GatewayOptionsTests
{
    public static TheoryData<string, Action<GatewayOptions>> Mistakes =>
        new()
        {
            { "Address must be", o => o.Address = null },
            { "Address must be an absolute https address", o => o.Address = new("http://rekey.example") },
            { "Mirror must be an absolute https address", o => o.Mirror = new("http://cdn.example") },
            { "Environment must name", o => o.Environment = "" },
            { "DocumentKey must be the public key", o => o.DocumentKey.Clear() },
            { "DocumentKey must be the public key", o => o.DocumentKey["crv"] = "P-257" },
            { "DocumentKey: PS256 does not go with", o => o.DocumentKey["crv"] = "secp256k1" },
            { "Folder must be a folder", o => o.Folder = "" },
            { "Name must have", o => o.Name = "" },
            { "PullEvery (", o => o.PullEvery = TimeSpan.Zero },
            { "PullTimeout (", o => o.PullTimeout = TimeSpan.Zero },
            { "ReportStaleAfter (", o => o.ReportStaleAfter = TimeSpan.FromSeconds(1) },
            { "RememberedTokens must be", o => o.RememberedTokens = -1 },
            { "AccessLog: set ToFiles", o => o.AccessLog.ToFiles = false },
            { "AccessLog:BufferedRows", o => o.AccessLog.BufferedRows = 0 },
            { "AccessLog:MaxFileBytes", o => o.AccessLog.MaxFolderBytes = 0 },
            { "AccessLog:MaxFileAge", o => o.AccessLog.MaxFileAge = TimeSpan.Zero },
            { "AccessLog:Ingestion:Endpoint", o => o.AccessLog.Ingestion = new() },
            { "AccessLog:Ingestion:Token", o => o.AccessLog.Ingestion = new() },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_wrong_setting_stops_the_start(string message, Action<GatewayOptions> mistake)
    {
        await using var world = await GatewayWorld.StartAsync();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => world.GatewayAsync(mistake));
        Assert.Contains(refused.Failures, f => f.StartsWith(message, StringComparison.Ordinal));
        Assert.Empty(world.Server.Requests);
    }

    [Fact]
    public void Settings_come_from_configuration_too()
    {
        var key = new RollingSigner().Public;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Rekey:Address"] = "https://rekey.example",
                    ["Rekey:Environment"] = "prod",
                    ["Rekey:DocumentKey:kty"] = "EC",
                    ["Rekey:DocumentKey:crv"] = "P-256",
                    ["Rekey:DocumentKey:x"] = key.X,
                    ["Rekey:DocumentKey:y"] = key.Y,
                    ["Rekey:Folder"] = "/var/lib/gateway",
                    ["Rekey:PullEvery"] = "00:00:02",
                }
            )
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRekeyGateway(configuration.GetSection("Rekey"), o => o.Name = "here");
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        Assert.Equal(key, options.PinnedKey().Key);
        Assert.Equal((TimeSpan.FromSeconds(2), "here"), (options.PullEvery, options.Name));
    }

    [Fact]
    public void One_application_has_one_gateway()
    {
        var services = new ServiceCollection();
        services.AddRekeyGateway(_ => { });
        Assert.Throws<InvalidOperationException>(() => services.AddRekeyGateway(_ => { }));
    }
}
