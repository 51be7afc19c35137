using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>The app as a process under the local Functions host, with everything that it talks to; one for the whole project.</summary>
public sealed class RunningApp : IAsyncLifetime
{
    public const string Custodian = "aaaaaaaa-1111-4222-8333-cccccccccccc";
    public const string GatewayKey = "a gateway's key, 128 random bits in real life";

    public const int StatusBody = 150_000;

    public World World { get; private set; } = null!;

    public RekeyClient Rekey { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        World = await World.StartAsync(
            new()
            {
                Keys = [new("shop", Custodian), new("partners"), new("spare"), new("reserve")],
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Rekey__Auth__GatewayKeys__0__Name"] = "edge",
                    ["Rekey__Auth__GatewayKeys__0__Sha256"] = Convert.ToHexString(
                        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(GatewayKey))
                    ),
                    ["Rekey__Rotations__Mode"] = "ask",
                    ["Rekey__Issuers__0__TokenTypes__0"] = "application/at+jwt",
                    ["Rekey__Blocking__MaxStatusBody"] = $"{StatusBody}",
                },
            }
        );
        Rekey = new(World);
        await Rekey.TakeBaselineAsync();
    }

    /// <summary>The environment of the worker that runs; Linux only.</summary>
    public async Task<IReadOnlyDictionary<string, string>> WorkerEnvironmentAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync($"/proc/{World.Host.WorkerPid}/environ", cancellationToken))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('=', 2))
            .ToDictionary(v => v[0], v => v[1], StringComparer.Ordinal);

    /// <summary>The same as configuration has them.</summary>
    public async Task<IEnumerable<KeyValuePair<string, string?>>> WorkerSettingsAsync(CancellationToken cancellationToken) =>
        (await WorkerEnvironmentAsync(cancellationToken)).Select(v =>
            KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), (string?)v.Value)
        );

    /// <summary>Two approvers start the app, which a test has stopped; nothing when it is not stopped.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        using var asked = await Rekey.SendAsync(
            HttpMethod.Post,
            "start",
            "Approver",
            JsonContent.Create(new { reason = "a test" }),
            "aaaaaaaa-1111-4222-8333-000000000003",
            cancellationToken
        );
        if (asked.StatusCode is HttpStatusCode.UnprocessableEntity)
        {
            return;
        }

        var question = await asked.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        using var answered = await Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{question.GetProperty("decision").GetString()}",
            "Approver",
            JsonContent.Create(new { answer = "approve", planHash = question.GetProperty("planHash").GetString() }),
            "aaaaaaaa-1111-4222-8333-000000000004",
            cancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
