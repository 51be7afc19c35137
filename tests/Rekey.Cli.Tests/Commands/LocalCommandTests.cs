using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary><c>rekey local</c> without a running world: the error says what to run. With one, PastedCommandTests run it.</summary>
public sealed class LocalCommandTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Rekey.Cli");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, "No local world runs")]
    [InlineData("", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("[]", "cannot be read")]
    [InlineData("""{"server":"http://127.0.0.1:1/"}""", "cannot be read")]
    [InlineData(
        """
            {"server":"http://127.0.0.1:1/","tokenEndpoint":"https://localhost:1/token","scope":"api://rekey/.default","clients":{},
            "adminEndpoint":"http://127.0.0.1:1/","adminSecret":"s","caCertificate":"ca.pem","processId":2147483647}
            """,
        "has ended without deleting it"
    )]
    [InlineData(
        """
            {"server":"http://127.0.0.1:1/","tokenEndpoint":"https://localhost:1/token","scope":"api://rekey/.default","clients":{},
            "adminEndpoint":"http://127.0.0.1:1/","adminSecret":"s","caCertificate":"ca.pem","processId":OWN}
            """,
        "does not answer"
    )]
    public async Task Without_a_local_world_the_error_says_what_to_run(string? state, string expected)
    {
        var file = _folder["local.json"];
        if (state is not null)
        {
            await File.WriteAllTextAsync(
                file,
                state.Replace("OWN", $"{Environment.ProcessId}", StringComparison.Ordinal),
                TestContext.Current.CancellationToken
            );
        }

        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["REKEY_LOCAL_STATE"] = file };
        var run = (await Tool.RunAsync(Program, environment, "local", "disable", "alice")).Ended(1);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project src/Rekey.Local", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
