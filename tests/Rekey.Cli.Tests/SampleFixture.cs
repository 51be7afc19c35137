using System.Text.Json;

namespace Rekey.Cli.Tests;

/// <summary>One set of small sample logs for all tests that only read it.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public string Issued => _folder["try", "issued"];

    public string Access => _folder["try", "access"];

    public string Windows => _folder["try", "windows.json"];

    public JsonElement Truth { get; private set; }

    public async ValueTask InitializeAsync()
    {
        (await Tool.RunAsync("sample-logs", _folder["try"], "--accesses", "3000", "--days", "40", "--subjects", "800", "--seed", "11", "--quiet")).Ended(0);
        Truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["try", "truth.json"])).RootElement;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal Task<ToolRun> SweepAsync(params string[] more) => Tool.RunAsync(["sweep", "--issued", Issued, "--access", Access, "--windows", Windows, .. more]);

    /// <summary>The first token that has a verdict and no other.</summary>
    internal string JtiOf(string verdict)
    {
        var sightings = Truth.GetProperty("sightings").EnumerateArray().Where(s => s.TryGetProperty("jti", out _)).ToLookup(s => s.GetProperty("jti").GetString()!, s => s.GetProperty("verdict").GetString()!);
        return sightings.First(g => g.All(v => v == verdict)).Key;
    }
}
