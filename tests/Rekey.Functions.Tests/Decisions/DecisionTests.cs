using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Decisions;

/// <summary>Mode <c>ask</c>, from the event to the approved rotation.</summary>
public sealed class DecisionTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_departure_waits_for_an_approver_who_is_not_the_leaver()
    {
        app.World.Graph.AddUser(new(RunningApp.Custodian, "custodian@contoso.example", "Custodian"));
        await app.World.Graph.DisableAsync(RunningApp.Custodian);
        var decision = await PendingAsync();
        Assert.Single(app.World.Vault.VersionsOf("shop"));
        var (path, hash) = ($"decisions/{decision.GetProperty("id").GetString()}", decision.GetProperty("planHash").GetString());

        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(path, hash, RunningApp.Custodian));
        Assert.Equal(HttpStatusCode.Conflict, await AnswerAsync(path, "another plan", objectId: null));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(path, hash, objectId: null));

        await UntilAsync(async () =>
            (await DepartureAsync()).GetProperty("keys")[0].GetProperty("rotation") is { ValueKind: JsonValueKind.Object } rotation
            && rotation.GetProperty("state").GetString() == "Verified"
        );
        Assert.Equal(2, app.World.Vault.VersionsOf("shop").Count);
        var log = await File.ReadAllTextAsync(app.World.LogFile, Cancel);
        Assert.DoesNotContain(app.World.ClientState, log, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", log, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningApp.GatewayKey, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_leaving_names_nobody_elses_keys()
    {
        var (leaver, other) = (Guid.NewGuid().ToString(), Guid.NewGuid());
        foreach (var person in new[] { leaver, other.ToString() })
        {
            app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody"));
        }

        await app.World.Graph.DisableAsync(leaver);
        await UntilAsync(async () =>
            await app.Rekey.GetAsync($"departures/{app.World.Identity.TenantId}~{leaver}~1", "Reader", Cancel) is not null
        );

        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "departures",
            "Operator",
            JsonContent.Create(new { personId = other, hostile = true }),
            leaver,
            Cancel
        );
        Assert.Equal(HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Equal("actor-is-leaving", (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
        Assert.Null(await app.Rekey.GetAsync($"departures/{app.World.Identity.TenantId}~{other}~1", "Reader", Cancel));
    }

    private async Task<JsonElement> DepartureAsync() =>
        (await app.Rekey.GetAsync($"departures/{app.World.Identity.TenantId}~{RunningApp.Custodian}~1", "Reader", Cancel))!.Value;

    private async Task<JsonElement> PendingAsync()
    {
        JsonElement found = default;
        await UntilAsync(async () =>
        {
            found = (await app.Rekey.GetAsync("decisions", "Approver", Cancel))!
                .Value.GetProperty("decisions")
                .EnumerateArray()
                .FirstOrDefault(d => d.GetProperty("kind").GetString() == "rotate");
            return found.ValueKind is JsonValueKind.Object;
        });
        return found;
    }

    private async Task<HttpStatusCode> AnswerAsync(string path, string? hash, string? objectId)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            path,
            "Approver",
            JsonContent.Create(new { answer = "approve", planHash = hash }),
            objectId,
            Cancel
        );
        return reply.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
