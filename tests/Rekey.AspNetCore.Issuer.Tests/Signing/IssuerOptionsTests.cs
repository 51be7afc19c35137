using Microsoft.Extensions.Options;
using Rekey.AspNetCore.Issuer.Tests.Support;

namespace Rekey.AspNetCore.Issuer.Tests.Signing;

/// <summary>A wrong setting stops the start, and the message names it.</summary>
public sealed class IssuerOptionsTests
{
    public static TheoryData<string, Action<IssuerOptions>> Mistakes =>
        new()
        {
            { "Folder must be", o => o.Folder = "" },
            { "Issuer must be", o => o.Issuer = "" },
            { "Algorithm (HS256)", o => o.Algorithm = "HS256" },
            { "SignTimeout (", o => o.SignTimeout = TimeSpan.Zero },
            { "MaxWaiting (", o => o.MaxWaiting = 0 },
            { "Journal:MaxFileBytes", o => o.Journal.MaxFolderBytes = 0 },
            { "Journal:MaxFileAge", o => o.Journal.KeepFor = TimeSpan.Zero },
            { "Journal:ReportUnsentAfter", o => o.Journal.ReportUnsentAfter = TimeSpan.Zero },
            { "Journal:Ingestion:Endpoint", o => o.Journal.Ingestion = new() },
            { "Journal:Ingestion: set", o => o.Journal.Ingestion = new() },
        };

    [Fact]
    public void Each_wrong_setting_is_named()
    {
        foreach (var (message, mistake) in Mistakes.Select(m => m.Data))
        {
            var options = new IssuerOptions { Issuer = "https://login.example", Folder = "x" };
            mistake(options);
            var result = new IssuerOptionsRules().Validate(name: null, options);
            Assert.Contains(result.Failures!, f => f.StartsWith(message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start()
    {
        await using var world = await IssuerWorld.StartAsync();
        await Assert.ThrowsAsync<OptionsValidationException>(() => world.IssuerAsync(configure: o => o.Algorithm = "none"));
    }
}
